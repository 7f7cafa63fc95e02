// Numbers as they are stored: little-endian, on any machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace claviger::store {

inline void StoreLittleEndian(std::uint64_t number, std::size_t bytes, char* out) {
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>(number >> (8 * i));
}

inline std::uint64_t LoadLittleEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) number = number << 8 | static_cast<std::uint8_t>(bytes[i - 1]);
  return number;
}

}  // namespace claviger::store

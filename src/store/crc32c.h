// CRC-32C (Castagnoli): tells bytes that were written whole from those that were not. Not against forgery.
#pragma once

#include <cstdint>
#include <string_view>

namespace claviger::store {

// Goes on from `crc`, the checksum of what came before; 0 begins.
std::uint32_t Crc32c(std::uint32_t crc, std::string_view bytes);

}  // namespace claviger::store

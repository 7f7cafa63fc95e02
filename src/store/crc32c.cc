#include "store/crc32c.h"

#include <array>
#include <cstddef>

#include "store/little_endian.h"

namespace claviger::store {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // Reflected.
constexpr std::size_t kStride = 8;

// tables[n][b]: the checksum of byte b followed by n zero bytes, so that eight bytes are looked up at once.
using Tables = std::array<std::array<std::uint32_t, 256>, kStride>;

constexpr Tables MakeTables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t n = 1; n < kStride; ++n) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[n - 1][byte];
      tables[n][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = MakeTables();

}  // namespace

std::uint32_t Crc32c(std::uint32_t crc, std::string_view bytes) {
  crc = ~crc;
  while (bytes.size() >= kStride) {
    const std::uint64_t word = LoadLittleEndian(bytes.substr(0, kStride)) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < kStride; ++i) crc ^= kTables[kStride - 1 - i][word >> (8 * i) & 0xff];
    bytes.remove_prefix(kStride);
  }
  for (const char c : bytes) crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<std::uint8_t>(c)) & 0xff];
  return ~crc;
}

}  // namespace claviger::store

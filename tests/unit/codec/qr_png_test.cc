#include "codec/qr_png.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>

namespace claviger::codec {
namespace {

std::uint32_t NumberAt(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

// The whole picture is read by a real decoder in tests/compat/mfa_test.py; this holds the container.
TEST(QrPng, IsASquarePictureOfWholeChunks) {
  const auto png = QrPng("otpauth://totp/a@b?secret=ABC");
  ASSERT_TRUE(png);
  ASSERT_TRUE(png->starts_with("\x89PNG\r\n\x1a\n"));
  std::string types;
  std::string rows;
  std::uint32_t pixels = 0;
  for (std::size_t at = 8; at < png->size();) {
    const std::uint32_t size = NumberAt(*png, at);
    const std::string type = png->substr(at + 4, 4);
    const std::string data = png->substr(at + 8, size);
    const std::string covered = type + data;
    EXPECT_EQ(NumberAt(*png, at + 8 + size),
              crc32(0, reinterpret_cast<const Bytef*>(covered.data()), static_cast<uInt>(covered.size())));
    if (type == "IHDR") {
      pixels = NumberAt(data, 0);
      EXPECT_EQ(NumberAt(data, 4), pixels);
    }
    if (type == "IDAT") {
      uLongf unpacked = 1 << 20;
      rows.resize(unpacked);
      ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(rows.data()), &unpacked,
                           reinterpret_cast<const Bytef*>(data.data()), static_cast<uLong>(data.size())),
                Z_OK);
      rows.resize(unpacked);
    }
    types += type;
    at += 12 + size;
  }
  EXPECT_EQ(types, "IHDRIDATIEND");
  const std::size_t row_bytes = 1 + (pixels + 7) / 8;
  ASSERT_EQ(rows.size(), pixels * row_bytes);
  const std::string white_row = std::string(1, '\0') + std::string(row_bytes - 1, '\xff');
  for (std::size_t y = 0; y < 16; ++y) EXPECT_EQ(rows.substr(y * row_bytes, row_bytes), white_row) << y;
  // Four white modules, then the black corner of the pattern that scanners look for, seven modules wide.
  EXPECT_EQ(rows.substr(16 * row_bytes, 7), std::string("\0\xff\xff\0\0\0\x0f", 7));
}

TEST(QrPng, RefusesWhatNoCodeHolds) {
  EXPECT_FALSE(QrPng(""));
  EXPECT_FALSE(QrPng(std::string_view("a\0b", 3)));
  EXPECT_TRUE(QrPng(std::string(kQrTextBytesMax, 'x')));
  EXPECT_FALSE(QrPng(std::string(kQrTextBytesMax + 1, 'x')));
}

}  // namespace
}  // namespace claviger::codec

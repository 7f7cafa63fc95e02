#include "codec/qr_png.h"

#include <qrencode.h>
#include <zlib.h>

#include <cstdint>
#include <memory>

namespace claviger::codec {
namespace {

constexpr std::size_t kQuietModules = 4;     // On every side, by the standard.
constexpr std::size_t kPixelsPerModule = 4;  // Large enough for a phone, small enough for an answer.
constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

void AppendNumber(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

// length || type || data || CRC of type and data
void AppendChunk(std::string& out, std::string_view type, std::string_view data) {
  AppendNumber(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t begin = out.size();
  out.append(type).append(data);
  const auto* bytes = reinterpret_cast<const Bytef*>(out.data() + begin);
  AppendNumber(out, static_cast<std::uint32_t>(crc32(0, bytes, static_cast<uInt>(out.size() - begin))));
}

// The pixels, a bit each, every row behind a byte that says "not filtered".
std::string Rows(const QRcode& code) {
  const auto modules = static_cast<std::size_t>(code.width);
  const std::size_t pixels = (modules + 2 * kQuietModules) * kPixelsPerModule;
  const std::size_t row_bytes = 1 + (pixels + 7) / 8;
  std::string rows;
  rows.reserve(row_bytes * pixels);
  for (std::size_t y = 0; y < pixels; ++y) {
    std::string row(row_bytes, '\xff');
    row[0] = 0;
    const std::size_t module_y = y / kPixelsPerModule - kQuietModules;  // Wraps around in front of the code.
    for (std::size_t x = 0; x < pixels && module_y < modules; ++x) {
      const std::size_t module_x = x / kPixelsPerModule - kQuietModules;
      const bool black = module_x < modules && (code.data[module_y * modules + module_x] & 1) != 0;
      if (black) row[1 + x / 8] = static_cast<char>(row[1 + x / 8] & ~(0x80 >> x % 8));
    }
    rows += row;
  }
  return rows;
}

}  // namespace

std::optional<std::string> QrPng(std::string_view text) {
  if (text.empty() || text.size() > kQrTextBytesMax || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::unique_ptr<QRcode, FreeCode> code(
      QRcode_encodeString8bit(std::string(text).c_str(), /*version=*/0, QR_ECLEVEL_M));
  if (code == nullptr) return std::nullopt;

  const std::string rows = Rows(*code);
  uLongf size = compressBound(static_cast<uLong>(rows.size()));
  std::string compressed(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(compressed.data()), &size, reinterpret_cast<const Bytef*>(rows.data()),
               static_cast<uLong>(rows.size())) != Z_OK) {
    return std::nullopt;
  }
  compressed.resize(size);

  const auto pixels =
      static_cast<std::uint32_t>((static_cast<std::size_t>(code->width) + 2 * kQuietModules) * kPixelsPerModule);
  std::string header;
  AppendNumber(header, pixels);
  AppendNumber(header, pixels);
  header.append("\x01\x00\x00\x00\x00", 5);  // One bit, greyscale, the only compression and filter, not interlaced.
  std::string png(kSignature);
  AppendChunk(png, "IHDR", header);
  AppendChunk(png, "IDAT", compressed);
  AppendChunk(png, "IEND", "");
  return png;
}

}  // namespace claviger::codec

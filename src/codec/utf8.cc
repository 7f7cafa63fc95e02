#include "codec/utf8.h"

#include <cstdint>
#include <cstring>

namespace claviger::codec {
namespace {

constexpr CodePoint kBad = {0, 0};

std::uint8_t ByteAt(std::string_view text, std::size_t position) { return static_cast<std::uint8_t>(text[position]); }

bool IsContinuation(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

// How many of the leading bytes are ASCII, eight at a time: nearly all text is nothing else.
std::size_t AsciiPrefix(std::string_view text) {
  std::size_t position = 0;
  for (; position + 8 <= text.size(); position += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + position, 8);
    if ((block & 0x8080808080808080U) != 0) break;
  }
  while (position < text.size() && ByteAt(text, position) < 0x80) ++position;
  return position;
}

}  // namespace

CodePoint FirstCodePoint(std::string_view text) {
  const std::uint8_t first = ByteAt(text, 0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return kBad;
  char32_t value = first & (0x7FU >> bytes);
  for (std::size_t position = 1; position < bytes; ++position) {
    const std::uint8_t byte = ByteAt(text, position);
    if (!IsContinuation(byte)) return kBad;
    value = (value << 6) | (byte & 0x3FU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[bytes] || value > 0x10FFFF || surrogate) return kBad;
  return {value, bytes};
}

bool IsUtf8(std::string_view text) {
  while (true) {
    text.remove_prefix(AsciiPrefix(text));
    if (text.empty()) return true;
    const CodePoint point = FirstCodePoint(text);
    if (point.bytes == 0) return false;
    text.remove_prefix(point.bytes);
  }
}

std::size_t Utf16Length(std::string_view text) {
  std::size_t length = AsciiPrefix(text);
  for (std::size_t position = length; position < text.size(); ++position) {
    const std::uint8_t byte = ByteAt(text, position);
    if (!IsContinuation(byte)) length += byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

}  // namespace claviger::codec

#include "base/encoding.h"

#include <array>
#include <cstddef>

namespace claviger {
namespace {

constexpr char kHexLower[] = "0123456789abcdef";
constexpr char kHexUpper[] = "0123456789ABCDEF";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using DigitTable = std::array<std::int8_t, 256>;

// The value of each character of `alphabet`; -1 for any other.
constexpr DigitTable Invert(std::string_view alphabet) {
  DigitTable table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

constexpr DigitTable kBase32Digits = Invert(kBase32);
constexpr DigitTable kBase64Digits = Invert(kBase64);
constexpr DigitTable kBase64UrlDigits = Invert(kBase64Url);

constexpr DigitTable kHexDigits = [] {
  DigitTable table = Invert("0123456789abcdef");
  for (std::size_t i = 0; i < 6; ++i) table[std::size_t{'A'} + i] = static_cast<std::int8_t>(10 + i);
  return table;
}();

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (const char c : kBase64Url) table[static_cast<std::uint8_t>(c)] = true;  // Letters, digits, '-', '_'.
  table['.'] = true;
  table['~'] = true;
  return table;
}();

int Digit(const DigitTable& table, char c) { return table[static_cast<std::uint8_t>(c)]; }

// Packs bytes into digits of `bits` bits, most significant first, the last one filled up with zero bits.
std::string Encode(std::span<const std::uint8_t> bytes, std::string_view alphabet, unsigned bits) {
  std::string text;
  text.reserve((bytes.size() * 8 + bits - 1) / bits);
  std::uint32_t window = 0;
  unsigned held = 0;
  const std::uint32_t mask = (1U << bits) - 1;
  for (const std::uint8_t byte : bytes) {
    window = (window << 8) | byte;
    held += 8;
    while (held >= bits) {
      held -= bits;
      text.push_back(alphabet[(window >> held) & mask]);
    }
  }
  if (held > 0) text.push_back(alphabet[(window << (bits - held)) & mask]);
  return text;
}

// Undoes Encode. Left-over bits must be zero and fewer than a digit, so that each value has one spelling only.
std::optional<std::string> Decode(std::string_view text, const DigitTable& digits, unsigned bits) {
  std::string bytes;
  bytes.reserve(text.size() * bits / 8);
  std::uint32_t window = 0;
  unsigned held = 0;
  for (const char c : text) {
    const int digit = Digit(digits, c);
    if (digit < 0) return std::nullopt;
    window = (window << bits) | static_cast<std::uint32_t>(digit);
    held += bits;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<char>((window >> held) & 0xff));
    }
  }
  if (held >= bits || (window & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::span<const std::uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view AsText(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void HexEncodeTo(std::span<const std::uint8_t> bytes, char* out) {
  for (const std::uint8_t byte : bytes) {
    *out++ = kHexLower[byte >> 4];
    *out++ = kHexLower[byte & 15];
  }
}

std::string HexEncode(std::span<const std::uint8_t> bytes) {
  std::string text(bytes.size() * 2, '0');
  HexEncodeTo(bytes, text.data());
  return text;
}

std::optional<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  return Decode(text, kHexDigits, 4);
}

std::string Base32Encode(std::span<const std::uint8_t> bytes) { return Encode(bytes, kBase32, 5); }

std::optional<std::string> Base32Decode(std::string_view text) { return Decode(text, kBase32Digits, 5); }

std::string Base64Encode(std::span<const std::uint8_t> bytes) {
  std::string text = Encode(bytes, kBase64, 6);
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

std::optional<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return Decode(text, kBase64Digits, 6);
}

std::string Base64UrlEncode(std::span<const std::uint8_t> bytes) { return Encode(bytes, kBase64Url, 6); }

std::optional<std::string> Base64UrlDecode(std::string_view text) { return Decode(text, kBase64UrlDigits, 6); }

void PercentEncodeTo(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (kUnreserved[byte]) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHexUpper[byte >> 4]);
      out.push_back(kHexUpper[byte & 15]);
    }
  }
}

std::string PercentEncode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  PercentEncodeTo(text, out);
  return out;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = Digit(kHexDigits, text[i + 1]);
    const int low = Digit(kHexDigits, text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

}  // namespace claviger

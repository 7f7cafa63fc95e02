#include "http/uri.h"

namespace claviger::http {
namespace {

// The value of a hex digit; -1 for anything else.
constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::optional<QueryParameter> QueryReader::Next() {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('&');
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (text.empty()) continue;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return QueryParameter{.name = text, .value = {}};
    return QueryParameter{.name = text.substr(0, equals), .value = text.substr(equals + 1)};
  }
  return std::nullopt;
}

char TakeDecoded(std::string_view& encoded) {
  const char first = encoded.front();
  if (first == '%' && encoded.size() >= 3) {
    const int high = HexDigit(encoded[1]);
    const int low = HexDigit(encoded[2]);
    if (high >= 0 && low >= 0) {
      encoded.remove_prefix(3);
      return static_cast<char>(high * 16 + low);
    }
  }
  encoded.remove_prefix(1);
  return first == '+' ? ' ' : first;
}

std::size_t DecodeQueryTo(std::string_view encoded, char* out) {
  char* const begin = out;
  while (!encoded.empty()) *out++ = TakeDecoded(encoded);
  return static_cast<std::size_t>(out - begin);
}

bool DecodesTo(std::string_view encoded, std::string_view plain) {
  if (encoded.size() < plain.size()) return false;  // Decoding only shortens.
  for (const char c : plain) {
    if (encoded.empty() || TakeDecoded(encoded) != c) return false;
  }
  return encoded.empty();
}

}  // namespace claviger::http

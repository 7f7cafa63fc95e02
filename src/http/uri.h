// The query half of a request target, read without copying it. Pure; safe to call from any thread.
//
// A query is decoded as forms are (WHATWG URL, "application/x-www-form-urlencoded"): '+' and "%20" both mean a space.
// A '%' that two hex digits do not follow stands for itself, so that decoding is total.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace claviger::http {

// RFC 3986, section 2.3: what is never percent-encoded.
constexpr bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// As sent: views into the query, still encoded.
struct QueryParameter {
  std::string_view name;
  std::string_view value;  // Empty as well when there is no '='.
};

// Takes a query apart at '&', in the order sent. Nothing between two '&' is no parameter.
class QueryReader {
 public:
  explicit QueryReader(std::string_view query) : rest_(query) {}

  // nullopt at the end.
  std::optional<QueryParameter> Next();

 private:
  std::string_view rest_;
};

// Takes the first character, decoded, off the front. REQUIRES: !encoded.empty().
char TakeDecoded(std::string_view& encoded);

// Whether decoding would change anything.
inline bool IsEncoded(std::string_view text) {
  return text.find('%') != std::string_view::npos || text.find('+') != std::string_view::npos;
}

// Writes the decoded text to `out`, which holds at least encoded.size() characters; returns how many it wrote.
std::size_t DecodeQueryTo(std::string_view encoded, char* out);

// Whether `encoded` decodes to exactly `plain`.
bool DecodesTo(std::string_view encoded, std::string_view plain);

}  // namespace claviger::http

// Walks over UTF-8 (RFC 3629: no surrogates, nothing beyond U+10FFFF, no overlong forms). Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace claviger::codec {

struct CodePoint {
  char32_t value;
  std::size_t bytes;  // How many encode it; 0 when what stands there is not UTF-8.
};

// The code point at the start of `text`. REQUIRES: !text.empty().
CodePoint FirstCodePoint(std::string_view text);

bool IsUtf8(std::string_view text);

// Length in UTF-16 code units, which is what a Java String's length() counts. REQUIRES: IsUtf8(text).
std::size_t Utf16Length(std::string_view text);

}  // namespace claviger::codec

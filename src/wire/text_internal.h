// Text that messages repeat from a request. For this room only.
#pragma once

#include <cstddef>
#include <string_view>

#include "wire/limits.h"

namespace claviger::wire {

// The start of `text`, at most `bytes_max` long and never ending within a character. REQUIRES: `text` is UTF-8.
inline std::string_view ClipUtf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace claviger::wire

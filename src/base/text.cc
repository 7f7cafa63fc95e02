#include "base/text.h"

#include <algorithm>

namespace claviger {

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = AsciiLower(c);
  return lower;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](char c) { return AsciiLower(c); }, [](char c) { return AsciiLower(c); });
}

}  // namespace claviger

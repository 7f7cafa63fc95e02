#include "federation/xml_bounds.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace claviger::federation {
namespace {

// The parser compares each attribute of a tag with every other, so that a large one would keep it busy for hours.
constexpr std::size_t kTagBytesMax = 4096;
// Tags, comments and the like; ten identity providers with all that they publish need some hundreds.
constexpr std::size_t kPiecesMax = 20'000;

// Where the tag at the front of `rest` ends: behind a `>` outside of quotes; the end when there is none.
std::size_t EndOfTag(std::string_view rest) {
  char quote = '\0';
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
  }
  return rest.size();
}

}  // namespace

bool HasFairTags(std::string_view document) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  std::size_t pieces = 0;
  for (std::size_t at = document.find('<'); at != std::string_view::npos; at = document.find('<', at)) {
    const std::string_view rest = document.substr(at);
    if (++pieces > kPiecesMax) return false;
    std::size_t size = 0;
    for (const auto& [begin, end] : kOthers) {
      if (rest.starts_with(begin)) size = std::min(rest.find(end, begin.size()), rest.size() - 1) + 1;
    }
    if (size == 0) {
      if (rest.starts_with("<!")) return false;
      size = EndOfTag(rest.substr(0, kTagBytesMax + 1));
      if (size > kTagBytesMax) return false;
    }
    at += size;
  }
  return true;
}

}  // namespace claviger::federation

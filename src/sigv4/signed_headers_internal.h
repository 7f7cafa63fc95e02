// The list of signed header names: how it is read and compared. For the sources of this room.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace claviger::sigv4 {

// Takes "host;x-amz-date" apart, in the order sent; empty names are given too, for they match no header.
class SignedHeaderReader {
 public:
  explicit SignedHeaderReader(std::string_view list) : rest_(list), at_end_(list.empty()) {}

  // nullopt at the end.
  std::optional<std::string_view> Next() {
    if (at_end_) return std::nullopt;
    const std::size_t end = rest_.find(';');
    const std::string_view name = rest_.substr(0, end);
    at_end_ = end == std::string_view::npos;
    if (!at_end_) rest_.remove_prefix(end + 1);
    return name;
  }

 private:
  std::string_view rest_;
  bool at_end_;
};

inline bool SameHeader(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.empty()) return true;
  // Most names differ in length or first letter: worth a look before the call.
  return AsciiLower(a.front()) == AsciiLower(b.front()) && EqualsIgnoreCase(a, b);
}

// Orders names as their lower-case forms are ordered, byte by byte.
bool LessIgnoreCase(std::string_view a, std::string_view b);

// The names in the order of the canonical request.
std::vector<std::string_view> SortedSignedHeaders(std::string_view list);

}  // namespace claviger::sigv4

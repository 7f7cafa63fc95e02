#include "lint/glob.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/text.h"

namespace claviger::lint {
namespace {

// Both sides are matched a row at a time: row[j] says that what was seen of one side fits the first j characters of the
// other.
using Row = std::vector<char>;

bool SameOrAny(char a, char b) { return a == b || a == '?' || b == '?'; }

}  // namespace

bool Covers(std::string_view outer, std::string_view inner) {
  // `*` of the outer one swallows anything, wildcards too; `?` any one character but a `*`.
  Row reached(inner.size() + 1, 0);
  reached[0] = 1;
  for (const char c : outer) {
    if (c == '*') {
      for (std::size_t j = 1; j <= inner.size(); ++j) reached[j] = static_cast<char>(reached[j] | reached[j - 1]);
      continue;
    }
    for (std::size_t j = inner.size(); j > 0; --j) {
      const bool fits = inner[j - 1] != '*' && (c == inner[j - 1] || c == '?');
      reached[j] = static_cast<char>(reached[j - 1] != 0 && fits);
    }
    reached[0] = 0;
  }
  return reached[inner.size()] != 0;
}

bool MayOverlap(std::string_view a, std::string_view b) {
  Row reached(b.size() + 1, 0);
  reached[0] = 1;
  for (std::size_t j = 1; j <= b.size() && b[j - 1] == '*'; ++j) reached[j] = 1;
  for (const char c : a) {
    Row next(b.size() + 1, 0);
    next[0] = static_cast<char>(c == '*' && reached[0] != 0);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char d = b[j - 1];
      bool fits = false;
      if (c == '*') fits = reached[j] != 0 || next[j - 1] != 0;
      if (d == '*') fits = fits || reached[j] != 0 || next[j - 1] != 0;
      if (c != '*' && d != '*') fits = reached[j - 1] != 0 && SameOrAny(c, d);
      next[j] = static_cast<char>(fits);
    }
    reached = std::move(next);
  }
  return reached[b.size()] != 0;
}

bool ArnsMayOverlap(std::string_view a, std::string_view b) {
  constexpr int parts = 5;
  if (std::ranges::count(a, ':') < parts || std::ranges::count(b, ':') < parts) return MayOverlap(a, b);
  for (int i = 0; i < parts; ++i) {
    const std::size_t a_end = a.find(':');
    const std::size_t b_end = b.find(':');
    if (!MayOverlap(a.substr(0, a_end), b.substr(0, b_end))) return false;
    a.remove_prefix(a_end + 1);
    b.remove_prefix(b_end + 1);
  }
  return MayOverlap(a, b);
}

std::string VariablesAsRuns(std::string_view pattern) {
  std::string out;
  for (;;) {
    const std::size_t open = pattern.find("${");
    const std::size_t close = open == std::string_view::npos ? open : pattern.find('}', open);
    if (close == std::string_view::npos) return out.append(pattern);
    out.append(pattern.substr(0, open)).append("*");
    pattern.remove_prefix(close + 1);
  }
}

std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (AsciiLower(a[i - 1]) == AsciiLower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace claviger::lint

// Small text helpers that the standard library lacks. ASCII only; never depends on the locale.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace claviger {

constexpr char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string AsciiLower(std::string_view text);
// Without spaces, tabs and line ends at both ends.
std::string_view TrimSpace(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// Lets maps keyed by std::string be searched by std::string_view without a copy.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace claviger

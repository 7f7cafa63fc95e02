// The character classes of HTTP/1.1 (RFC 9110 section 5, RFC 9112), as one table. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace claviger::http {

enum CharacterClass : std::uint8_t {
  kTokenCharacter = 1,   // Methods and header names.
  kTargetCharacter = 2,  // Request targets: what is visible but '#', and raw UTF-8, which some clients send.
  kValueCharacter = 4,   // Header values: what is visible, space, tab, and bytes beyond ASCII.
  kHostCharacter = 8,    // Host and port: no user, path or query can hide in it.
};

inline constexpr std::array<std::uint8_t, 256> kCharacterClasses = [] {
  std::array<std::uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool beyond_ascii = c >= 0x80;
    const bool visible = c > ' ' && c < 0x7f;
    const auto in = [c](std::string_view set) {
      return c != 0 && c < 0x80 && set.find(static_cast<char>(c)) != set.npos;
    };
    if (alphanumeric || in("!#$%&'*+-.^_`|~")) table[c] |= kTokenCharacter;
    if ((visible && c != '#') || beyond_ascii) table[c] |= kTargetCharacter;
    if (visible || c == ' ' || c == '\t' || beyond_ascii) table[c] |= kValueCharacter;
    if (alphanumeric || in("-._~!$&'()*+,;=%:[]")) table[c] |= kHostCharacter;
  }
  return table;
}();

constexpr bool Is(char c, CharacterClass what) {
  return (kCharacterClasses[static_cast<unsigned char>(c)] & what) != 0;
}

constexpr bool All(std::string_view text, CharacterClass what) {
  for (const char c : text) {
    if (!Is(c, what)) return false;
  }
  return true;
}

// The same as All for long texts, which targets and header values are: eight characters at a time as long as each is
// between `kLeast` and '~', and by the table where one is not. REQUIRES: all those characters are `what`.
template <unsigned char kLeast, CharacterClass what>
bool AllOfLong(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t high = ones * 0x80;
  while (text.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    // A high bit in `odd` tells that some character is less than kLeast, 0x7f, or beyond ASCII. It may be wrong about
    // which, hence the table.
    const std::uint64_t deleted = word ^ (ones * 0x7f);
    const std::uint64_t odd = ((word - ones * kLeast) | (deleted - ones) | word) & high;
    if (odd != 0 && !All(text.substr(0, sizeof word), what)) return false;
    text.remove_prefix(sizeof word);
  }
  return All(text, what);
}

inline bool IsHeaderValue(std::string_view text) { return AllOfLong<' ', kValueCharacter>(text); }
inline bool IsTarget(std::string_view text) { return !text.empty() && AllOfLong<'$', kTargetCharacter>(text); }

constexpr bool IsToken(std::string_view text) { return !text.empty() && All(text, kTokenCharacter); }

constexpr bool IsBlank(char c) { return c == ' ' || c == '\t'; }

constexpr std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace claviger::http

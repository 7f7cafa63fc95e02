// The character classes of HTTP/1.1 (RFC 9110 section 5, RFC 9112), as one table. Pure.
#pragma once

#include <array>
#include <cstdint>
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

constexpr bool IsToken(std::string_view text) { return !text.empty() && All(text, kTokenCharacter); }

constexpr bool IsBlank(char c) { return c == ' ' || c == '\t'; }

constexpr std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace claviger::http

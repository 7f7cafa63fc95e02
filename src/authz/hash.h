// FNV-1a, because it yields the hash of every beginning of a text on the way (see authz/compiled_set.h). Not meant to
// resist crafted collisions: whoever looks up by hash also compares the text.
#pragma once

#include <cstdint>
#include <string_view>

namespace claviger::authz {

inline constexpr std::uint64_t kHashSeed = 0xcbf29ce484222325U;

constexpr std::uint64_t HashStep(std::uint64_t hash, char c) {
  return (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
}

constexpr std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = kHashSeed;
  for (const char c : text) hash = HashStep(hash, c);
  return hash;
}

}  // namespace claviger::authz

#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/encoding.h"

namespace claviger {

std::uint64_t Random::Uint64() {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes;
  Fill(bytes);
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::string Random::Uuid() {
  std::array<std::uint8_t, 16> bytes;
  Fill(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);  // RFC 4122, 4.4: version 4.
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // ... and its variant.
  std::string text(36, '-');
  char* out = text.data();
  std::span<const std::uint8_t> rest(bytes);
  for (const std::size_t group : {4, 2, 2, 2, 6}) {
    HexEncodeTo(rest.first(group), out);
    rest = rest.subspan(group);
    out += 2 * group + 1;  // Behind the hyphen.
  }
  return text;
}

void SystemRandom::Fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (used_ == block_.size()) {
      const ssize_t got = getrandom(block_.data(), block_.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got != static_cast<ssize_t>(block_.size())) std::abort();  // Without randomness nothing here is safe.
      used_ = 0;
    }
    const std::size_t count = std::min(bytes.size(), block_.size() - used_);
    std::memcpy(bytes.data(), block_.data() + used_, count);
    std::memset(block_.data() + used_, 0, count);
    used_ += count;
    bytes = bytes.subspan(count);
  }
}

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
void SeededRandom::Fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    byte = static_cast<std::uint8_t>((mixed ^ (mixed >> 31)) >> 56);
  }
}

}  // namespace claviger

// Randomness as an input: whoever needs it is handed a Random, so that tests own it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace claviger {

// A source of random bytes. Not thread-safe: one for each thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;

  std::uint64_t Uint64();
  // A random (version 4) UUID in lower case, as RFC 4122 prints it.
  std::string Uuid();
};

// The operating system's generator, read in blocks; bytes handed out are wiped from the block.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  std::array<std::uint8_t, 1024> block_{};
  std::size_t used_ = block_.size();
};

// The same bytes for the same seed: for tests only, predictable by design.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint64_t state_;
};

}  // namespace claviger

// Bytes that must not leak: a Secret wipes itself, cannot be printed and compares in constant time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace claviger::crypto {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  explicit Secret(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  // The only way to the bytes; named so that a reader stops at every use.
  [[nodiscard]] std::string_view Reveal() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  bool operator==(const Secret& other) const;

 private:
  std::string bytes_;
};

// Takes time that depends on the lengths only.
bool ConstantTimeEquals(std::string_view a, std::string_view b);

// Overwrites memory in a way that the compiler may not leave out.
void Wipe(void* data, std::size_t size);

}  // namespace claviger::crypto

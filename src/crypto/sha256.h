// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104). Pure; distinct objects may be used from distinct threads.
//
// Built on OpenSSL's low-level compression rather than its EVP layer: a request hashes a handful of blocks, and EVP's
// set-up costs more than that (see docs/decisions/0003-low-level-sha256.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace claviger::crypto {

using Digest = std::array<std::uint8_t, 32>;

// A hash in progress; a plain value, so that a common beginning can be hashed once and copied.
class Sha256 {
 public:
  Sha256();
  void Update(std::string_view bytes);
  // Call once; the object is used up.
  Digest Finish();

 private:
  alignas(8) std::array<std::uint8_t, 112> state_;  // SHA256_CTX, kept out of this header.
};

Digest Sha256Of(std::string_view bytes);

// A key prepared for HMAC: both of its pads already hashed. Wipes itself.
class HmacKey {
 public:
  HmacKey() : HmacKey(std::string_view()) {}
  explicit HmacKey(std::string_view key);
  HmacKey(const HmacKey&) = default;
  HmacKey& operator=(const HmacKey&) = default;
  ~HmacKey();

  [[nodiscard]] Digest Sign(std::string_view message) const;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

Digest HmacSha256(std::string_view key, std::string_view message);

}  // namespace claviger::crypto

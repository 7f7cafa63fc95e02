// RSA signatures over SHA-256 (RFC 8017, RSASSA-PKCS1-v1_5), as CloudTrail signs its digests. Safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/secret.h"

namespace claviger::crypto {

// A private key of 2048 bits.
class RsaKey {
 public:
  // Takes about a tenth of a second. nullopt when the system has no randomness.
  static std::optional<RsaKey> Generate();
  // From what ToDer gave.
  static std::optional<RsaKey> FromDer(const Secret& der);

  [[nodiscard]] Secret ToDer() const;
  // The public half: DER of PKCS#1's RSAPublicKey.
  [[nodiscard]] std::string PublicDer() const;
  // The signature's bytes; empty when OpenSSL fails.
  [[nodiscard]] std::string Sign(std::string_view message) const;

 private:
  explicit RsaKey(std::shared_ptr<void> key) : key_(std::move(key)) {}
  std::shared_ptr<void> key_;  // EVP_PKEY, kept out of this header.
};

// Whether the holder of the key signed `message`. False for what is no key.
bool RsaVerify(std::string_view public_der, std::string_view message, std::string_view signature);

}  // namespace claviger::crypto

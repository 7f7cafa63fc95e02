// The key that signs for one access key on one day, in one region, for one service.
// Pure. Safe to call from any thread.
#pragma once

#include <string_view>

#include "crypto/secret.h"
#include "crypto/sha256.h"

namespace claviger::sigv4 {

// Prepared for HMAC, so that deriving it again is saved as well as preparing it. As sensitive as the secret within its
// scope: wipes itself and cannot be printed.
class SigningKey {
 public:
  // The raw key as AWS's derivation ends with.
  explicit SigningKey(const crypto::Digest& key);

  // The signature of a string to sign.
  [[nodiscard]] crypto::Digest Sign(std::string_view string_to_sign) const { return key_.Sign(string_to_sign); }

 private:
  crypto::HmacKey key_;
};

// HMAC over `date` (YYYYMMDD), `region`, `service` and "aws4_request" in turn, each keyed by the outcome of the one
// before, the first by "AWS4" and the secret.
SigningKey DeriveSigningKey(const crypto::Secret& secret_access_key, std::string_view date, std::string_view region,
                            std::string_view service);

}  // namespace claviger::sigv4

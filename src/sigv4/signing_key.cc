#include "sigv4/signing_key.h"

#include <string>

#include "base/encoding.h"
#include "sigv4/authorization.h"

namespace claviger::sigv4 {

SigningKey::SigningKey(const crypto::Digest& key) : key_(AsText(key)) {}

SigningKey DeriveSigningKey(const crypto::Secret& secret_access_key, std::string_view date, std::string_view region,
                            std::string_view service) {
  std::string prefixed;
  prefixed.reserve(4 + secret_access_key.size());  // Grown once: no copy of the secret stays behind.
  prefixed.append("AWS4").append(secret_access_key.Reveal());
  const crypto::Secret first_key(std::move(prefixed));
  crypto::Digest key = crypto::HmacSha256(first_key.Reveal(), date);
  for (const std::string_view step : {region, service, kTerminator}) key = crypto::HmacSha256(AsText(key), step);
  SigningKey signing_key(key);
  crypto::Wipe(key.data(), key.size());
  return signing_key;
}

}  // namespace claviger::sigv4

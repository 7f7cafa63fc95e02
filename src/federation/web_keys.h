// The keys of an issuer as it publishes them: a JSON Web Key Set (RFC 7517), and the discovery document that says where
// it is (OpenID Connect Discovery 1.0). Immutable once parsed; safe to share between threads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/signature.h"
#include "federation/jwt.h"

namespace claviger::federation {

inline constexpr std::size_t kDiscoveryBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kWebKeysBytesMax = std::size_t{1} << 20;
// Of RSA keys, and of others; a set with more is not accepted (a published quota).
inline constexpr std::size_t kWebKeysMax = 100;

class WebKeys {
 public:
  // Keys of a kind that is not known, or that are not for signatures, are passed over. nullopt for what is no key set,
  // or has too many keys.
  static std::optional<WebKeys> Parse(std::string_view json);

  [[nodiscard]] bool Has(std::string_view key_id) const;
  // Whether the token is signed by the key that it names. One that names none needs a set with one key that fits.
  [[nodiscard]] bool Verify(const Jwt& token) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  struct Key {
    std::string id;
    std::optional<crypto::SignatureAlgorithm> algorithm;  // The only one that it is for.
    crypto::PublicKey key;
  };

  static std::optional<Key> ParseKey(const codec::JsonValue& json);

  std::vector<Key> keys_;
};

// Where the keys of `issuer` are. nullopt when the document is of another issuer, or names no place that begins with
// https://.
std::optional<std::string> ParseDiscovery(std::string_view json, std::string_view issuer);

}  // namespace claviger::federation

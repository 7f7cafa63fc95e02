// Public-key signatures as JSON Web Algorithms name them (RFC 7518 and RFC 8037): RSA, ECDSA and Ed25519.
// Keys are immutable and safe to share between threads. Every byte of a key or signature is treated as hostile.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/secret.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY, kept out of this header.

namespace claviger::crypto {

enum class SignatureAlgorithm : std::uint8_t {
  kRs256,  // RSASSA-PKCS1-v1_5.
  kRs384,
  kRs512,
  kPs256,  // RSASSA-PSS, the salt as long as the hash.
  kPs384,
  kPs512,
  kEs256,  // ECDSA on P-256.
  kEs384,  // On P-384.
  kEs512,  // On P-521.
  kEdDsa,  // Ed25519.
};

// "RS256"; nullopt for any other text, `none` and the names of shared secrets among them.
std::optional<SignatureAlgorithm> ParseSignatureAlgorithm(std::string_view name);
std::string_view SignatureAlgorithmName(SignatureAlgorithm algorithm);

enum class EcCurve : std::uint8_t { kP256, kP384, kP521 };

// Shorter RSA keys are refused, and longer ones than anybody has.
inline constexpr int kRsaBitsMin = 2048;
inline constexpr int kRsaBitsMax = 8192;

class PublicKey {
 public:
  // Numbers are big-endian. nullopt for what is no key, or none of a length that is allowed.
  static std::optional<PublicKey> FromRsa(std::string_view modulus, std::string_view exponent);
  static std::optional<PublicKey> FromEc(EcCurve curve, std::string_view x, std::string_view y);
  static std::optional<PublicKey> FromEd25519(std::string_view bytes);

  // Whether the key is of the kind and curve that the algorithm works with.
  [[nodiscard]] bool Fits(SignatureAlgorithm algorithm) const;
  // Whether `signature`, in the form that JWS has it, was made by this key's owner. False for a key that does not fit.
  [[nodiscard]] bool Verify(SignatureAlgorithm algorithm, std::string_view message, std::string_view signature) const;

 private:
  enum class Kind : std::uint8_t { kRsa, kP256, kP384, kP521, kEd25519 };

  PublicKey(std::shared_ptr<evp_pkey_st> key, Kind kind) : key_(std::move(key)), kind_(kind) {}
  static Kind KindFor(SignatureAlgorithm algorithm);
  static Kind KindOf(EcCurve curve);

  std::shared_ptr<evp_pkey_st> key_;
  Kind kind_;
};

// The two algorithms that this program signs with itself: RS256 and ES384.
class SignatureKey {
 public:
  // A new one, of OpenSSL's own randomness. Takes a tenth of a second and more for RSA.
  static SignatureKey New(SignatureAlgorithm algorithm);
  // What Der() returned. nullopt for anything else.
  static std::optional<SignatureKey> FromDer(SignatureAlgorithm algorithm, std::string_view der);

  [[nodiscard]] Secret Der() const;
  [[nodiscard]] SignatureAlgorithm algorithm() const { return algorithm_; }
  // In the form that JWS has it.
  [[nodiscard]] std::string Sign(std::string_view message) const;

  // The public half, big-endian: modulus and exponent of an RSA key, x and y of the point of the other.
  struct Numbers {
    std::string first;
    std::string second;
  };
  [[nodiscard]] Numbers PublicNumbers() const;

 private:
  SignatureKey(std::shared_ptr<evp_pkey_st> key, SignatureAlgorithm algorithm)
      : key_(std::move(key)), algorithm_(algorithm) {}

  std::shared_ptr<evp_pkey_st> key_;
  SignatureAlgorithm algorithm_;
};

}  // namespace claviger::crypto

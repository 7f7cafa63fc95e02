// X.509 certificates and the private keys that belong to them, as PEM or DER. Immutable; safe to share between threads.
// Everything read is treated as hostile; nothing is trusted because it parses.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

struct x509_st;      // OpenSSL's X509, kept out of this header.
struct evp_pkey_st;  // EVP_PKEY.

namespace claviger::crypto {

// Longer texts are not read at all; the longest that IAM takes is a chain of 2,097,152 characters.
inline constexpr std::size_t kPemBytesMax = std::size_t{4} << 20;
// More certificates than any chain has.
inline constexpr std::size_t kCertificatesMax = 64;

class Certificate {
 public:
  // nullopt unless the bytes are exactly one certificate.
  static std::optional<Certificate> ParseDer(std::string_view der);
  // The certificates in a PEM text, in its order; text between them is skipped. Empty when there is none, when one
  // cannot be read, or when there are more than kCertificatesMax.
  static std::vector<Certificate> ParsePem(std::string_view pem);

  [[nodiscard]] std::string Der() const;
  [[nodiscard]] TimePoint not_before() const { return not_before_; }
  [[nodiscard]] TimePoint not_after() const { return not_after_; }
  // Of the public key; 0 when its kind is unknown.
  [[nodiscard]] int KeyBits() const;
  [[nodiscard]] bool IsAuthority() const;  // Whether it may sign other certificates.
  // Whether `issuer` is named as the issuer and its key made the signature.
  [[nodiscard]] bool IsSignedBy(const Certificate& issuer) const;

 private:
  friend class PrivateKey;

  explicit Certificate(std::shared_ptr<x509_st> x509);

  std::shared_ptr<x509_st> x509_;
  TimePoint not_before_;
  TimePoint not_after_;
};

class PrivateKey {
 public:
  // nullopt unless the PEM text has a private key that is not encrypted.
  static std::optional<PrivateKey> ParsePem(std::string_view pem);

  // Whether it is the key of the certificate.
  [[nodiscard]] bool Matches(const Certificate& certificate) const;

 private:
  explicit PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace claviger::crypto

#include "crypto/secret.h"

#include <openssl/crypto.h>

#include <utility>

namespace claviger::crypto {

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
  Wipe(other.bytes_.data(), other.bytes_.capacity());  // A short string is copied by the move, not handed over.
  other.bytes_.clear();
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) *this = Secret(other);
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  Wipe(bytes_.data(), bytes_.capacity());
  bytes_ = std::move(other.bytes_);
  Wipe(other.bytes_.data(), other.bytes_.capacity());
  other.bytes_.clear();
  return *this;
}

Secret::~Secret() { Wipe(bytes_.data(), bytes_.capacity()); }

bool Secret::operator==(const Secret& other) const { return ConstantTimeEquals(bytes_, other.bytes_); }

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void Wipe(void* data, std::size_t size) { OPENSSL_cleanse(data, size); }

}  // namespace claviger::crypto

#define OPENSSL_SUPPRESS_DEPRECATED  // The low-level SHA-256 calls: see the header.
#include "crypto/sha256.h"

#include <openssl/sha.h>

#include <new>

#include "base/encoding.h"
#include "crypto/secret.h"

namespace claviger::crypto {
namespace {

constexpr std::size_t kBlockBytes = 64;

}  // namespace

Sha256::Sha256() {
  // NOLINTNEXTLINE(misc-redundant-expression): the two sizes happen to be equal here.
  static_assert(sizeof(SHA256_CTX) <= sizeof(Sha256) && alignof(SHA256_CTX) <= alignof(Sha256));
  SHA256_Init(new (state_.data()) SHA256_CTX);
}

void Sha256::Update(std::string_view bytes) {
  SHA256_Update(std::launder(reinterpret_cast<SHA256_CTX*>(state_.data())), bytes.data(), bytes.size());
}

Digest Sha256::Finish() {
  Digest digest;
  SHA256_Final(digest.data(), std::launder(reinterpret_cast<SHA256_CTX*>(state_.data())));
  return digest;
}

Digest Sha256Of(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

HmacKey::HmacKey(std::string_view key) {
  std::array<std::uint8_t, kBlockBytes> block{};
  if (key.size() > kBlockBytes) {
    const Digest digest = Sha256Of(key);
    std::copy(digest.begin(), digest.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (std::uint8_t& byte : block) byte ^= 0x36;
  inner_.Update(AsText(block));
  for (std::uint8_t& byte : block) byte ^= 0x36 ^ 0x5c;
  outer_.Update(AsText(block));
  Wipe(block.data(), block.size());
}

HmacKey::~HmacKey() {
  Wipe(&inner_, sizeof inner_);
  Wipe(&outer_, sizeof outer_);
}

Digest HmacKey::Sign(std::string_view message) const {
  Sha256 inner = inner_;
  inner.Update(message);
  const Digest digest = inner.Finish();
  Sha256 outer = outer_;
  outer.Update(AsText(digest));
  return outer.Finish();
}

Digest HmacSha256(std::string_view key, std::string_view message) { return HmacKey(key).Sign(message); }

}  // namespace claviger::crypto

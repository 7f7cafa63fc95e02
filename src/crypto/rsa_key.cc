#include "crypto/rsa_key.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdint>
#include <span>

namespace claviger::crypto {
namespace {

constexpr unsigned kBits = 2048;
constexpr std::size_t kDerBytesMax = 16384;

EVP_PKEY* Raw(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

std::shared_ptr<void> Own(EVP_PKEY* key) {
  return {key, [](void* raw) { EVP_PKEY_free(static_cast<EVP_PKEY*>(raw)); }};
}

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::optional<RsaKey> RsaKey::Generate() {
  EVP_PKEY* key = EVP_RSA_gen(kBits);
  if (key == nullptr) return std::nullopt;
  return RsaKey(Own(key));
}

std::optional<RsaKey> RsaKey::FromDer(const Secret& der) {
  const unsigned char* at = Bytes(der.Reveal());
  EVP_PKEY* key = d2i_PrivateKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(der.size()));
  if (key == nullptr) return std::nullopt;
  return RsaKey(Own(key));
}

Secret RsaKey::ToDer() const {
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(Raw(key_), &der);
  if (size <= 0) return {};
  Secret secret(std::span<const std::uint8_t>(der, static_cast<std::size_t>(size)));
  OPENSSL_clear_free(der, static_cast<std::size_t>(size));
  return secret;
}

std::string RsaKey::PublicDer() const {
  unsigned char* der = nullptr;
  const int size = i2d_PublicKey(Raw(key_), &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

std::string RsaKey::Sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, Raw(key_)) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, Bytes(message), message.size()) != 1) {
    return {};
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(message),
                     message.size()) != 1) {
    return {};
  }
  signature.resize(size);
  return signature;
}

bool RsaVerify(std::string_view public_der, std::string_view message, std::string_view signature) {
  if (public_der.size() > kDerBytesMax) return false;
  const unsigned char* at = Bytes(public_der);
  EVP_PKEY* raw = d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(public_der.size()));
  if (raw == nullptr) return false;
  const std::shared_ptr<void> key = Own(raw);
  const Context context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, Raw(key)) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message), message.size()) == 1;
}

}  // namespace claviger::crypto

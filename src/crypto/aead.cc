#include "crypto/aead.h"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "base/encoding.h"

namespace claviger::crypto {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// One context a thread, reset before each use: making one costs more than a small box.
EVP_CIPHER_CTX* ThreadContext() {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  if (!context) std::abort();
  EVP_CIPHER_CTX_reset(context.get());
  return context.get();
}

const std::uint8_t* Bytes(std::string_view text) { return AsBytes(text).data(); }

// A cipher that fails to start or to run has no sound way on: only our own bugs and exhausted memory lead here.
void Require(bool done) {
  if (!done) std::abort();
}

}  // namespace

Secret NewAeadKey(Random& random) {
  std::array<std::uint8_t, kAeadKeyBytes> bytes;
  random.Fill(bytes);
  Secret key{std::span<const std::uint8_t>(bytes)};
  Wipe(bytes.data(), bytes.size());
  return key;
}

std::string Seal(const Secret& key, std::string_view context, std::string_view plaintext, Random& random) {
  Require(key.size() == kAeadKeyBytes);
  std::string box(kNonceBytes + plaintext.size() + kTagBytes, '\0');
  auto* out = reinterpret_cast<std::uint8_t*>(box.data());
  random.Fill({out, kNonceBytes});
  EVP_CIPHER_CTX* cipher = ThreadContext();
  int length = 0;
  Require(EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, Bytes(key.Reveal()), out) == 1);
  Require(EVP_EncryptUpdate(cipher, nullptr, &length, Bytes(context), static_cast<int>(context.size())) == 1);
  Require(EVP_EncryptUpdate(cipher, out + kNonceBytes, &length, Bytes(plaintext), static_cast<int>(plaintext.size())) ==
          1);
  std::uint8_t* tag = out + kNonceBytes + plaintext.size();
  Require(EVP_EncryptFinal_ex(cipher, tag, &length) == 1);
  Require(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTagBytes, tag) == 1);
  return box;
}

std::optional<Secret> Open(const Secret& key, std::string_view context, std::string_view box) {
  Require(key.size() == kAeadKeyBytes);
  if (box.size() < kAeadOverheadBytes) return std::nullopt;
  const std::string_view nonce = box.substr(0, kNonceBytes);
  const std::string_view ciphertext = box.substr(kNonceBytes, box.size() - kAeadOverheadBytes);
  std::array<std::uint8_t, kTagBytes> tag;
  std::copy(box.end() - kTagBytes, box.end(), tag.begin());
  EVP_CIPHER_CTX* cipher = ThreadContext();
  std::string plaintext(ciphertext.size(), '\0');
  auto* out = reinterpret_cast<std::uint8_t*>(plaintext.data());
  int length = 0;
  Require(EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, Bytes(key.Reveal()), Bytes(nonce)) == 1);
  Require(EVP_DecryptUpdate(cipher, nullptr, &length, Bytes(context), static_cast<int>(context.size())) == 1);
  Require(EVP_DecryptUpdate(cipher, out, &length, Bytes(ciphertext), static_cast<int>(ciphertext.size())) == 1);
  Require(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1);
  const bool authentic = EVP_DecryptFinal_ex(cipher, out + length, &length) == 1;
  Secret opened(std::move(plaintext));
  if (!authentic) return std::nullopt;
  return opened;
}

}  // namespace claviger::crypto

#include "crypto/fingerprint.h"

#include <openssl/evp.h>

#include <cstdlib>

namespace claviger::crypto {
namespace {

template <std::size_t kBytes>
std::array<std::uint8_t, kBytes> Hash(std::string_view bytes, const EVP_MD* kind) {
  std::array<std::uint8_t, kBytes> digest{};
  unsigned int size = kBytes;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, kind, nullptr) != 1) std::abort();
  return digest;
}

}  // namespace

std::array<std::uint8_t, 20> Sha1Of(std::string_view bytes) { return Hash<20>(bytes, EVP_sha1()); }
std::array<std::uint8_t, 16> Md5Of(std::string_view bytes) { return Hash<16>(bytes, EVP_md5()); }

}  // namespace claviger::crypto

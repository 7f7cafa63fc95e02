// Whatever the bytes, reading certificates and keys returns; and what is read is the same when it is read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace claviger::crypto;  // NOLINT(google-build-using-namespace): one function.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto certificates = Certificate::ParsePem(text);
  const auto key = PrivateKey::ParsePem(text);
  for (const Certificate& certificate : certificates) {
    const auto again = Certificate::ParseDer(certificate.Der());
    if (!again || again->Der() != certificate.Der() || again->not_after() != certificate.not_after()) std::abort();
    certificate.IsAuthority();
    certificate.KeyBits();
    certificate.IsSignedBy(certificates.front());
    if (key) key->Matches(certificate);
  }
  Certificate::ParseDer(text);
  return 0;
}

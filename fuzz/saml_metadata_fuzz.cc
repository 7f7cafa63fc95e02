// Whatever the bytes, reading SAML metadata returns; and what it finds is an issuer with a name and real certificates.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/certificate.h"
#include "federation/saml_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto issuers = claviger::federation::ParseSamlMetadata(text);
  if (!issuers.ok()) return 0;
  if (issuers->empty()) std::abort();
  for (const claviger::SamlIssuer& issuer : *issuers) {
    if (issuer.entity_id.empty()) std::abort();
    for (const std::string& der : issuer.certificates) {
      if (!claviger::crypto::Certificate::ParseDer(der)) std::abort();
    }
  }
  return 0;
}

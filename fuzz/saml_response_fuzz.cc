// Whatever the bytes: a SAML response is refused, because nobody has signed it for this provider.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/encoding.h"
#include "federation/saml_response.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const claviger::federation::SamlTrust trust{
      .issuers = {{.entity_id = "https://idp.example/metadata", .certificates = {}}}, .private_keys = {}};
  const claviger::TimePoint now(std::chrono::seconds(1769860800));
  const std::string encoded = claviger::Base64Encode(std::span(data, size));
  if (claviger::federation::VerifySamlResponse(encoded, trust, now).ok()) std::abort();
  return 0;
}

// SAML 2.0 responses of identity providers: proven, and read.
// Source: "Configure SAML assertions for the authentication response" in the IAM User Guide and the SAML 2.0 core and
// profiles. Only what a verified signature covers is read. Pure but for the memory of the libraries behind it.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/error.h"
#include "aws/saml_issuer.h"
#include "base/clock.h"
#include "crypto/secret.h"

namespace claviger::federation {

// Whose responses are accepted.
struct SamlTrust {
  std::vector<SamlIssuer> issuers;
  std::vector<crypto::Secret> private_keys;  // PEM: they open encrypted assertions.
  bool encryption_required = false;
};

struct SamlAssertion {
  std::string id;
  std::string issuer;
  std::string subject;       // Its NameID.
  std::string subject_type;  // "persistent", "transient", or the format as it is.
  std::string recipient;
  std::optional<TimePoint> session_ends;                       // SessionNotOnOrAfter.
  std::map<std::string, std::vector<std::string>> attributes;  // By Name.
};

// `encoded` is the base64 text of the whole response. Errors: InvalidIdentityToken; ExpiredTokenException.
Result<SamlAssertion> VerifySamlResponse(std::string_view encoded, const SamlTrust& trust, TimePoint now);

}  // namespace claviger::federation

// SAML 2.0 metadata: what an identity provider publishes about itself, read by libxml2.
// Pure; safe to call from any thread. The document is treated as hostile: nothing is fetched, no entity is expanded, a
// document type is refused, and depth and size are bounded.
// Source: "Metadata for the OASIS SAML V2.0"; which documents AWS takes is from recorded answers.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "aws/error.h"
#include "aws/saml_issuer.h"

namespace claviger::federation {

inline constexpr std::size_t kSamlMetadataBytesMax = 10'000'000;
inline constexpr int kSamlCertificateBitsMin = 1024;

// The entities of a document that have the role of an identity provider, at least one, with their certificates for
// signatures, all in the document's order. An issuer without certificate is one whose signatures nobody can prove.
// When the document and its certificates say that they have expired is not looked at: AWS does not either.
// Errors: InvalidInput.
Result<std::vector<SamlIssuer>> ParseSamlMetadata(std::string_view document);

}  // namespace claviger::federation

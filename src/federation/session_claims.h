// What an identity provider says about the session to come: its tags, which of them stay with roles assumed from it,
// and its source identity. The claims of web identity tokens, and the rules that SAML attributes share with them.
// Source: "Passing session tags in AWS STS" and "Monitor and control actions taken with assumed roles" in the IAM User
// Guide. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "aws/error.h"
#include "aws/outsider.h"
#include "codec/json.h"

namespace claviger::federation {

inline constexpr std::size_t kSessionTagsMax = 50;

// Reads them from the claims of a token, in their nested or flattened form, into `outsider`.
// Errors: InvalidIdentityToken for what breaks the rules.
Result<> ReadSessionClaims(const codec::JsonValue& claims, Outsider& outsider);

// Whether AssumeRole would take it as a tag: characters and lengths.
bool IsTag(std::string_view key, std::string_view value);

// [a-zA-Z_0-9+=,.@-]{2,64}: names of sessions, and source identities, which must not begin with `aws:` besides.
bool IsSessionName(std::string_view text);

// Errors: InvalidIdentityToken.
Result<> CheckSourceIdentity(std::string_view text);

}  // namespace claviger::federation

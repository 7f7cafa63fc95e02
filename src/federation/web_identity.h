// Web identity tokens: the claims that AssumeRoleWithWebIdentity needs, and what becomes of them.
// Source: "AssumeRoleWithWebIdentity" in the STS API reference, "Available keys for AWS OIDC federation" and "Passing
// session tags in AWS STS" in the IAM User Guide. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/error.h"
#include "aws/outsider.h"
#include "base/clock.h"
#include "federation/jwt.h"

namespace claviger::federation {

struct WebIdentity {
  std::string issuer;  // `iss`, an https:// address.
  std::string subject;
  std::string audience;           // `azp` where there is one, else `aud`.
  std::string original_audience;  // `aud` beside `azp`; empty without.
  std::int64_t issued = 0;        // Seconds since 1970.
  std::int64_t expires = 0;
  std::optional<std::int64_t> not_before;
};

// A token taken apart. Its signature is the caller's to prove, and the rest to check then.
struct WebIdentityToken {
  Jwt jwt;
  WebIdentity identity;
};

// REQUIRES: `token` outlives it. Errors: InvalidIdentityToken.
Result<WebIdentityToken> ParseWebIdentityToken(std::string_view token);

// Errors: ExpiredTokenException; InvalidIdentityToken for one that is not valid yet. Clocks may differ by five minutes.
Result<> CheckTime(const WebIdentity& identity, TimePoint now);

// Whom the token speaks of, to the provider with this ARN and name (the issuer without `https://`).
// Errors: InvalidIdentityToken for session tags or a source identity that cannot be.
Result<Outsider> ToOutsider(const WebIdentityToken& token, std::string_view provider_arn,
                            std::string_view provider_name);

// Whether the token lists the role with this ARN among those that it is for; false for a token that lists none.
// Errors: InvalidIdentityToken for one that lists others only.
Result<bool> ListsRole(const WebIdentityToken& token, std::string_view role_arn);

// A signature, or another claim, that is not as it must be.
Failure<Error> NotValidated();

}  // namespace claviger::federation

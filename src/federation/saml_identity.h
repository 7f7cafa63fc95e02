// What becomes of a proven SAML assertion: whom it speaks of, the roles that it names, the session that it asks for.
// Source: "Configure SAML assertions for the authentication response" and "Available keys for SAML-based AWS STS
// federation" in the IAM User Guide. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "aws/account_id.h"
#include "aws/error.h"
#include "aws/outsider.h"
#include "federation/saml_response.h"

namespace claviger::federation {

struct SamlIdentity {
  Outsider outsider;
  std::string name_qualifier;
  std::optional<std::chrono::seconds> session_duration;  // SessionDuration.
};

// Whether the assertion lets its subject ask for this role by this provider.
bool NamesRole(const SamlAssertion& assertion, std::string_view role_arn, std::string_view provider_arn);

// `provider_name` is that of the provider with `provider_arn`, in `account`.
// Errors: InvalidIdentityToken for what the session cannot be made of.
Result<SamlIdentity> ToSamlIdentity(const SamlAssertion& assertion, AccountId account, std::string_view provider_arn,
                                    std::string_view provider_name);

}  // namespace claviger::federation

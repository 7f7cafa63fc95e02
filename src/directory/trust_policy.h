// Trust policies between the form they are written in and the form they are kept in.
//
// Whoever a trust policy names by the ARN of a user or role is kept by unique id, so that a later user of the same name
// is not trusted. When shown, an id is an ARN again as long as its owner exists, with the owner's present name.
// Everything else stays as submitted, byte for byte.
// Source: "AWS JSON policy elements: Principal" in the IAM User Guide.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "directory/context.h"

namespace claviger::directory {

// Errors: MalformedPolicyDocument when a user or role that is named does not exist, in whichever account of this
// installation. Accounts as such need not exist: nobody can sign as one that does not.
// REQUIRES: `document` parses as policy::Kind::kTrust.
Result<std::string> ToStoredTrustPolicy(const Context& context, std::string_view document);

Result<std::string> ToShownTrustPolicy(const Context& context, std::string_view stored);

// The unique id of the user or role with exactly this ARN, in any account; nullopt when there is none.
Result<std::optional<std::string>> FindPrincipalId(const Context& context, std::string_view arn);
// The ARN of the user or role with this unique id, in any account; nullopt when there is none.
Result<std::optional<std::string>> FindPrincipalArn(const Context& context, std::string_view id);

}  // namespace claviger::directory

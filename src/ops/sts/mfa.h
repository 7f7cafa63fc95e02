// The MFA device that a request for temporary credentials may show a code of.
// Follows "Temporary credentials with MFA" in the IAM User Guide.
#pragma once

#include <optional>
#include <string>

#include "ops/context.h"

namespace claviger::ops::sts {

// Whether the caller is authenticated by MFA with this request: true for a right code of a device of the caller's own,
// false when the request names neither a device nor a code. A code counts once, however often one attempt asks.
// Errors: AccessDenied, in AWS's words.
Result<bool> AuthenticateMfa(OperationContext& context, const std::optional<std::string>& serial_number,
                             const std::optional<std::string>& token_code);

}  // namespace claviger::ops::sts

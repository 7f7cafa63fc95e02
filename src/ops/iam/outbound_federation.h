// Whether an account's principals may be vouched for outside: Enable- and DisableOutboundWebIdentityFederation,
// GetOutboundWebIdentityFederationInfo.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterOutboundFederationOperations(Operations& operations);

}  // namespace claviger::ops::iam

// All users, groups, roles and policies of an account with everything that decides what they may:
// GetAccountAuthorizationDetails.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterAuthorizationDetailsOperations(Operations& operations);

}  // namespace claviger::ops::iam

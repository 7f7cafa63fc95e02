// Managed policies of users, groups and roles: Attach...Policy, Detach...Policy, ListAttached...Policies.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterAttachedPolicyOperations(Operations& operations);

}  // namespace claviger::ops::iam

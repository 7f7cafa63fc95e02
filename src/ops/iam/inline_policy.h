// Inline policies of users, groups and roles: Put...Policy, Get...Policy, Delete...Policy, List...Policies.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterInlinePolicyOperations(Operations& operations);

}  // namespace claviger::ops::iam

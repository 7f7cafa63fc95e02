// Managed policies: CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, ListEntitiesForPolicy.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterManagedPolicyOperations(Operations& operations);

}  // namespace claviger::ops::iam

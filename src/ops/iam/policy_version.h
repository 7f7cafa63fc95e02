// Versions of managed policies: CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions,
// SetDefaultPolicyVersion, DeletePolicyVersion.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterPolicyVersionOperations(Operations& operations);

}  // namespace claviger::ops::iam

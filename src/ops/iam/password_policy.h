// UpdateAccountPasswordPolicy, GetAccountPasswordPolicy, DeleteAccountPasswordPolicy.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterPasswordPolicyOperations(Operations& operations);

}  // namespace claviger::ops::iam

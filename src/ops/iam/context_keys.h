// What the policies of somebody ask about a request: GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterContextKeyOperations(Operations& operations);

}  // namespace claviger::ops::iam

// Where control policies are attached: Attach- and DetachPolicy, ListPoliciesForTarget, ListTargetsForPolicy.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::organizations {

void RegisterAttachmentOperations(Operations& operations);

}  // namespace claviger::ops::organizations

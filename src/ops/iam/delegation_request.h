// Temporary delegation: requests of product providers to act in somebody's place for a while, and what becomes of them.
//
// A request goes UNASSIGNED -> ASSIGNED -> (PENDING_APPROVAL ->) ACCEPTED -> FINALIZED; until then it can be REJECTED,
// and each state EXPIRES. Who may take which step is the policies' to say, and the owner's default permissions'
// (service/delegation.h). Follows "IAM temporary delegation" in the IAM User Guide.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterDelegationRequestOperations(Operations& operations);

}  // namespace claviger::ops::iam

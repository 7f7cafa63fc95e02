// Organizational units and the tree they make: Create-, Update-, Describe- and DeleteOrganizationalUnit, the lists of
// parents and children, MoveAccount.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::organizations {

void RegisterUnitOperations(Operations& operations);

}  // namespace claviger::ops::organizations

// ListPoliciesGrantingServiceAccess: which policies let a user, group or role use a service.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterServiceAccessOperations(Operations& operations);

}  // namespace claviger::ops::iam

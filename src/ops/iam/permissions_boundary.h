// Permissions boundaries of users and roles: Put... and DeleteUserPermissionsBoundary, the same for roles.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterPermissionsBoundaryOperations(Operations& operations);

}  // namespace claviger::ops::iam

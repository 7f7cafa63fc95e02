// Roles: CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy, DeleteRole.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterRoleOperations(Operations& operations);

}  // namespace claviger::ops::iam

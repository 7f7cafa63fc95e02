// Groups: CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, AddUserToGroup, RemoveUserFromGroup,
// ListGroupsForUser.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterGroupOperations(Operations& operations);

}  // namespace claviger::ops::iam

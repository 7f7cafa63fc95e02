// CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterUserOperations(Operations& operations);

}  // namespace claviger::ops::iam

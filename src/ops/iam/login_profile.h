// Console passwords: Create, Get, Update and DeleteLoginProfile, ChangePassword.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterLoginProfileOperations(Operations& operations);

}  // namespace claviger::ops::iam

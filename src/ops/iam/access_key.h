// CreateAccessKey, UpdateAccessKey, DeleteAccessKey, ListAccessKeys, GetAccessKeyLastUsed.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterAccessKeyOperations(Operations& operations);

}  // namespace claviger::ops::iam

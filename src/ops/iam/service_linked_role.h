// Service-linked roles: CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus.
// Source: "Using service-linked roles" in the IAM User Guide; the texts are recorded answers.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterServiceLinkedRoleOperations(Operations& operations);

}  // namespace claviger::ops::iam

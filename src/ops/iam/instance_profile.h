// Instance profiles: CreateInstanceProfile, GetInstanceProfile, ListInstanceProfiles, DeleteInstanceProfile,
// AddRoleToInstanceProfile, RemoveRoleFromInstanceProfile, ListInstanceProfilesForRole.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterInstanceProfileOperations(Operations& operations);

}  // namespace claviger::ops::iam

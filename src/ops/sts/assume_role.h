// AssumeRole: temporary credentials of a role, of this account or another of the installation.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterAssumeRoleOperations(Operations& operations);

}  // namespace claviger::ops::sts

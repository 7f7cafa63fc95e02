// AssumeRoleWithWebIdentity: temporary credentials of a role for whom an OpenID Connect provider vouches.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterWebIdentityOperations(Operations& operations);

}  // namespace claviger::ops::sts

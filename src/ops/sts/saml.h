// AssumeRoleWithSAML: temporary credentials of a role for whom a SAML identity provider vouches.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterSamlOperations(Operations& operations);

}  // namespace claviger::ops::sts

// Service-specific credentials: CreateServiceSpecificCredential, ListServiceSpecificCredentials,
// UpdateServiceSpecificCredential, ResetServiceSpecificCredential, DeleteServiceSpecificCredential.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterServiceCredentialOperations(Operations& operations);

}  // namespace claviger::ops::iam

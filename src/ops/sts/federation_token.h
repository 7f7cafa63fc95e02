// GetFederationToken: temporary credentials for somebody whom the caller vouches for.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterFederationTokenOperations(Operations& operations);

}  // namespace claviger::ops::sts

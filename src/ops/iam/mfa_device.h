// MFA devices: CreateVirtualMFADevice, EnableMFADevice, ResyncMFADevice and what goes with them.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterMfaDeviceOperations(Operations& operations);

}  // namespace claviger::ops::iam

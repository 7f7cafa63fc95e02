// Who calls, and whose a key is: GetCallerIdentity, GetAccessKeyInfo.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterCallerOperations(Operations& operations);

}  // namespace claviger::ops::sts

// GetSessionToken: temporary credentials for the caller itself.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterSessionTokenOperations(Operations& operations);

}  // namespace claviger::ops::sts

// GetWebIdentityToken: a token about the caller that services outside can verify.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterWebIdentityTokenOperations(Operations& operations);

}  // namespace claviger::ops::sts

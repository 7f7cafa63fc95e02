// GetDelegatedAccessToken: a product provider trades in what it was sent, for credentials of whoever accepted its
// request, limited to what was accepted.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterDelegatedAccessOperations(Operations& operations);

}  // namespace claviger::ops::sts

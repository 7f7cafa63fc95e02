// How much of everything an account has, and may have: GetAccountSummary.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterAccountSummaryOperations(Operations& operations);

}  // namespace claviger::ops::iam

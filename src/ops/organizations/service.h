// Services with access to an organization, and the accounts that administer it for them.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::organizations {

void RegisterServiceOperations(Operations& operations);

}  // namespace claviger::ops::organizations

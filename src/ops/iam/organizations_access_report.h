// When the accounts of an organization last reached the services that its service control policies leave them.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterOrganizationsAccessReportOperations(Operations& operations);

}  // namespace claviger::ops::iam

// The organization itself: CreateOrganization, DescribeOrganization, DeleteOrganization, EnableAllFeatures, ListRoots.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::organizations {

void RegisterOrganizationOperations(Operations& operations);

}  // namespace claviger::ops::organizations

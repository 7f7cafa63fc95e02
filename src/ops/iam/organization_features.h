// What an organization lets be done centrally with its members' root users: Enable- and
// DisableOrganizationsRootCredentialsManagement, Enable- and DisableOrganizationsRootSessions,
// ListOrganizationsFeatures. Source: "Centrally manage root access for member accounts" in the IAM User Guide.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterOrganizationFeatureOperations(Operations& operations);

}  // namespace claviger::ops::iam

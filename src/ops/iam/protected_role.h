// Roles that only AWS may change: those linked to a service, and those of IAM Identity Center.
// Source: "Using service-linked roles" in the IAM User Guide; the texts are recorded answers.
#pragma once

#include <string_view>

#include "directory/role.h"
#include "ops/context.h"

namespace claviger::ops::iam {

bool IsServiceLinked(const directory::Role& role);

// Errors: UnmodifiableEntity for a protected role.
Result<> CheckModifiable(const directory::Role& role);
// The role of this name, to be changed. Errors: NoSuchEntity; UnmodifiableEntity.
Result<directory::Role> GetModifiableRole(OperationContext& context, std::string_view name);

// Whether anybody may make a role with this path and name. Errors: InvalidInput for one that would be protected.
Result<> CheckUnreserved(std::string_view path, std::string_view name);

}  // namespace claviger::ops::iam

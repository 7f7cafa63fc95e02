// What all ways to assume a role have in common.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "directory/role.h"
#include "gen/sts/types.h"
#include "ops/context.h"
#include "session/token.h"

namespace claviger::ops::sts {

struct RoleAtHome {
  directory::Context owner;  // In the account of the role.
  directory::Role role;
};

// The role with exactly this ARN, in whichever account; nullopt when there is none.
Result<std::optional<RoleAtHome>> FindRole(const directory::Context& context, const std::string& arn);

// How long a session of the role shall last. Errors: ValidationError.
Result<std::chrono::seconds> RoleSessionDuration(const directory::Role& role, std::optional<std::int32_t> asked);

// A session of the role, with the name that the request gives it.
session::Session SessionOfRole(const OperationContext& context, const RoleAtHome& found, std::string name,
                               std::chrono::seconds duration);

// Who acts with it.
gen::sts::AssumedRoleUser UserOf(const session::Session& session, const directory::Role& role);

}  // namespace claviger::ops::sts

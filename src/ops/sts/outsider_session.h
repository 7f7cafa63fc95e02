// What the two ways have in common in which somebody without credentials assumes a role.
#pragma once

#include <chrono>
#include <string>

#include "aws/outsider.h"
#include "ops/sts/role_session.h"

namespace claviger::ops::sts {

// "Not authorized to perform sts:AssumeRoleWithSAML".
Failure<Error> NotAuthorized(std::string_view action);

// A session of the role with what the identity provider says about it. Errors: those of SessionTags.
Result<session::Session> SessionOfOutsider(const OperationContext& context, const RoleAtHome& found,
                                           const Outsider& outsider, std::string name, std::chrono::seconds duration);

}  // namespace claviger::ops::sts

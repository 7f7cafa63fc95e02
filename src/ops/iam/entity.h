// Rules that are the same for users, groups and roles, written once: whom a request is about, and what it may have.
#pragma once

#include "directory/holdings.h"
#include "ops/context.h"
#include "ops/iam/protected_role.h"

namespace claviger::ops::iam {

// The user, group or role that a request names, by whichever of the three members it has. Errors: NoSuchEntity.
template <class Request>
Result<directory::Entity> GetEntity(OperationContext& context, const Request& request) {
  using directory::EntityKind;
  if constexpr (requires { request.user_name; }) {
    auto user = TRY(context.directory.users.Get(request.user_name));
    return directory::Entity{.kind = EntityKind::kUser, .id = std::move(user.id), .name = std::move(user.name)};
  } else if constexpr (requires { request.group_name; }) {
    auto group = TRY(context.directory.groups.Get(request.group_name));
    return directory::Entity{.kind = EntityKind::kGroup, .id = std::move(group.id), .name = std::move(group.name)};
  } else {
    auto role = TRY(context.directory.roles.Get(request.role_name));
    return directory::Entity{.kind = EntityKind::kRole, .id = std::move(role.id), .name = std::move(role.name)};
  }
}

// The same, to be changed. Errors: also UnmodifiableEntity for a role that only AWS may change.
template <class Request>
Result<directory::Entity> GetModifiableEntity(OperationContext& context, const Request& request) {
  if constexpr (requires { request.role_name; }) TRY(GetModifiableRole(context, request.role_name));
  return GetEntity(context, request);
}

// What keeps an entity from being deleted. Errors: DeleteConflict, attached policies before inline ones.
Result<> CheckHasNoPolicies(const directory::Holdings& holdings);
// DeleteConflict, for a role that is in an instance profile and for an instance profile that holds one.
Failure<Error> RoleInInstanceProfile();

}  // namespace claviger::ops::iam

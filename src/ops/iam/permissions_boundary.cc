#include "ops/iam/permissions_boundary.h"

#include "gen/iam/operations.h"
#include "ops/iam/policy_lookup.h"
#include "ops/iam/protected_role.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::EntityKind;

// Gives the user or role that `request` names the boundary of this unique id; the empty id takes it away.
template <class Request>
Result<> SetBoundary(OperationContext& context, const Request& request, const std::string& policy_id) {
  const auto replace = [&](auto& all, const auto& stored, EntityKind kind) -> Result<> {
    auto changed = stored;
    changed.boundary = policy_id;
    TRY(all.Replace(stored, changed));
    context.directory.holdings.MoveBoundary(kind, stored.id, stored.boundary, policy_id);
    return {};
  };
  if constexpr (requires { request.user_name; }) {
    auto& users = context.directory.users;
    return replace(users, TRY(users.Get(request.user_name)), EntityKind::kUser);
  } else {
    auto& roles = context.directory.roles;
    return replace(roles, TRY(GetModifiableRole(context, request.role_name)), EntityKind::kRole);
  }
}

template <class Operation>
Result<typename Operation::Response> Put(OperationContext& context, const typename Operation::Request& request) {
  constexpr bool kOfUser = requires { request.user_name; };
  constexpr EntityKind kKind = kOfUser ? EntityKind::kUser : EntityKind::kRole;
  TRY(SetBoundary(context, request, TRY(BoundaryId(context, request.permissions_boundary, kKind))));
  return typename Operation::Response{};
}

// Taking away what is not there succeeds.
template <class Operation>
Result<typename Operation::Response> Delete(OperationContext& context, const typename Operation::Request& request) {
  TRY(SetBoundary(context, request, ""));
  return typename Operation::Response{};
}

}  // namespace

void RegisterPermissionsBoundaryOperations(Operations& operations) {
  operations.Add<api::PutUserPermissionsBoundary>(Put<api::PutUserPermissionsBoundary>);
  operations.Add<api::PutRolePermissionsBoundary>(Put<api::PutRolePermissionsBoundary>);
  operations.Add<api::DeleteUserPermissionsBoundary>(Delete<api::DeleteUserPermissionsBoundary>);
  operations.Add<api::DeleteRolePermissionsBoundary>(Delete<api::DeleteRolePermissionsBoundary>);
}

}  // namespace claviger::ops::iam

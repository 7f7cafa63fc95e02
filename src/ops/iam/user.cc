#include "ops/iam/user.h"

#include "aws/unique_id.h"
#include "gen/iam/operations.h"
#include "ops/iam/caller_user.h"
#include "ops/iam/entity.h"
#include "ops/iam/policy_lookup.h"
#include "ops/iam/show.h"
#include "ops/iam/tags.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<CreateUserResponse> CreateUser(OperationContext& context, const CreateUserRequest& request) {
  const directory::User user{
      .id = MintId(IdKind::kUser, context.account(), context.random),
      .path = request.path.value_or("/"),
      .name = request.user_name,
      .created = context.now,
      .tags = TRY(TagsFromApi(request.tags, TagKeys::kIgnoreCase)),
      .boundary = TRY(BoundaryId(context, request.permissions_boundary, directory::EntityKind::kUser))};
  TRY(context.directory.users.Insert(user));
  context.directory.holdings.MoveBoundary(directory::EntityKind::kUser, user.id, "", user.boundary);
  gen::iam::User api = ToApi(context.account(), user);
  api.tags = TagsUnlessEmpty(user.tags);
  api.permissions_boundary = TRY(BoundaryToApi(context, user.boundary));
  return CreateUserResponse{.user = std::move(api)};
}

Result<GetUserResponse> GetUser(OperationContext& context, const GetUserRequest& request) {
  if (!request.user_name && ImpliesRoot(context.caller)) {
    return GetUserResponse{.user = TRY(ShowRoot(context))};
  }
  return GetUserResponse{.user = TRY(ShowUser(context, TRY(NamedOrCallingUser(context, request.user_name))))};
}

Result<ListUsersResponse> ListUsers(OperationContext& context, const ListUsersRequest& request) {
  const std::string after = TRY(OpenMarker(context, "ListUsers", request.marker));
  const auto page =
      TRY(context.directory.users.List(request.path_prefix.value_or("/"), after, PageItems(request.max_items)));
  ListUsersResponse response;
  for (const directory::User& user : page.items) {
    gen::iam::User& api = response.users.emplace_back(ToApi(context.account(), user));
    api.password_last_used = TRY(context.directory.login_profiles.FindLastUse(user.id));
  }
  response.is_truncated = page.truncated;
  if (page.truncated) response.marker = MakeMarker(context, "ListUsers", page.items.back().name);
  return response;
}

Result<UpdateUserResponse> UpdateUser(OperationContext& context, const UpdateUserRequest& request) {
  const directory::User stored = TRY(context.directory.users.Get(request.user_name));
  directory::User changed = stored;
  if (request.new_path) changed.path = *request.new_path;
  if (request.new_user_name) changed.name = *request.new_user_name;
  TRY(context.directory.users.Replace(stored, changed));
  return UpdateUserResponse{};
}

// Credentials that must be deleted before their user, access keys aside. Errors: DeleteConflict.
Result<> CheckHasNoCredentials(OperationContext& context, const directory::User& user) {
  if (!TRY(context.directory.signing_certificates.IdsOf(user.id)).empty()) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete certificates first.");
  }
  if (!TRY(context.directory.ssh_public_keys.IdsOf(user.id)).empty() ||
      !TRY(context.directory.service_credentials.IdsOf(user.id)).empty()) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must remove referenced objects first.");
  }
  return {};
}

Result<DeleteUserResponse> DeleteUser(OperationContext& context, const DeleteUserRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  const directory::Holdings holdings = TRY(context.directory.holdings.Get(user.id));
  TRY(CheckHasNoPolicies(holdings));
  if (!TRY(context.directory.access_keys.IdsOf(user.id)).empty()) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete access keys first.");
  }
  if (TRY(context.directory.login_profiles.Exists(user.id))) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete login profile first.");
  }
  if (!TRY(context.directory.mfa_devices.IdsOf(user.id)).empty()) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete MFA device first.");
  }
  TRY(CheckHasNoCredentials(context, user));
  if (!holdings.groups.empty()) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must remove users from group first.");
  }
  context.directory.holdings.MoveBoundary(directory::EntityKind::kUser, user.id, user.boundary, "");
  TRY(context.directory.users.Remove(user));
  return DeleteUserResponse{};
}

}  // namespace

void RegisterUserOperations(Operations& operations) {
  operations.Add<api::CreateUser>(CreateUser);
  operations.Add<api::GetUser>(GetUser);
  operations.Add<api::ListUsers>(ListUsers);
  operations.Add<api::UpdateUser>(UpdateUser);
  operations.Add<api::DeleteUser>(DeleteUser);
}

}  // namespace claviger::ops::iam

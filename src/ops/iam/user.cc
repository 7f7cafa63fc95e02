#include "ops/iam/user.h"

#include <set>

#include "aws/arn.h"
#include "aws/unique_id.h"
#include "base/text.h"
#include "gen/iam/operations.h"
#include "ops/iam/caller_user.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

gen::iam::User ToApi(AccountId account, const directory::User& user) {
  return {.path = user.path,
          .user_name = user.name,
          .user_id = user.id,
          .arn = IamArn(account, "user", user.path, user.name),
          .create_date = user.created};
}

std::optional<std::vector<gen::iam::Tag>> TagsToApi(const std::vector<claviger::Tag>& tags) {
  if (tags.empty()) return std::nullopt;
  std::vector<gen::iam::Tag> api;
  for (const claviger::Tag& tag : tags) api.push_back({.key = tag.key, .value = tag.value});
  return api;
}

// Users' tag keys are the same when they differ in case only (IAM User Guide, "Tags for AWS IAM resources").
Result<std::vector<claviger::Tag>> TagsFromApi(const std::optional<std::vector<gen::iam::Tag>>& api) {
  std::vector<claviger::Tag> tags;
  std::set<std::string> seen;
  if (!api) return tags;
  for (const gen::iam::Tag& tag : *api) {
    if (!seen.insert(AsciiLower(tag.key)).second) {
      return Fail(ErrorCode::kInvalidInput,
                  "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    if (EqualsIgnoreCase(std::string_view(tag.key).substr(0, 4), "aws:")) {
      return Fail(ErrorCode::kInvalidInput, "Tag keys beginning with aws: are reserved for system use: " + tag.key);
    }
    tags.push_back({.key = tag.key, .value = tag.value});
  }
  return tags;
}

Result<CreateUserResponse> CreateUser(OperationContext& context, const CreateUserRequest& request) {
  const directory::User user{.id = MintId(IdKind::kUser, context.account(), context.random),
                             .path = request.path.value_or("/"),
                             .name = request.user_name,
                             .created = context.now,
                             .tags = TRY(TagsFromApi(request.tags))};
  if (request.permissions_boundary) {
    // No account has managed policies yet, so no ARN names one.
    return Fail(ErrorCode::kNoSuchEntity,
                "Scope ARN: " + *request.permissions_boundary + " does not exist or is not attachable.");
  }
  TRY(context.directory.users.Insert(user));
  gen::iam::User api = ToApi(context.account(), user);
  api.tags = TagsToApi(user.tags);
  return CreateUserResponse{.user = std::move(api)};
}

Result<GetUserResponse> GetUser(OperationContext& context, const GetUserRequest& request) {
  if (!request.user_name && context.caller.IsRoot() && !context.caller.IsTemporary()) {
    const auto account = TRY(directory::FindAccount(context.directory.context.transaction, context.account()));
    return GetUserResponse{.user = {.user_id = context.account().ToString(),
                                    .arn = RootArn(context.account()),
                                    .create_date = account ? account->created : TimePoint()}};
  }
  const directory::User user = TRY(NamedOrCallingUser(context, request.user_name));
  gen::iam::User api = ToApi(context.account(), user);
  api.tags = TagsToApi(user.tags);
  return GetUserResponse{.user = std::move(api)};
}

Result<ListUsersResponse> ListUsers(OperationContext& context, const ListUsersRequest& request) {
  const std::string after = TRY(OpenMarker(context, "ListUsers", request.marker));
  const auto page =
      TRY(context.directory.users.List(request.path_prefix.value_or("/"), after, PageItems(request.max_items)));
  ListUsersResponse response;
  for (const directory::User& user : page.items) response.users.push_back(ToApi(context.account(), user));
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

Result<DeleteUserResponse> DeleteUser(OperationContext& context, const DeleteUserRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  const auto keys = TRY(context.directory.access_keys.ListOf(user.id));
  if (!keys.empty()) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete access keys first.");
  }
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

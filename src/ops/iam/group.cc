#include "ops/iam/group.h"

#include "aws/unique_id.h"
#include "base/text.h"
#include "gen/iam/operations.h"
#include "ops/iam/entity.h"
#include "ops/iam/show.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<CreateGroupResponse> CreateGroup(OperationContext& context, const CreateGroupRequest& request) {
  const directory::Group group{.id = MintId(IdKind::kGroup, context.account(), context.random),
                               .path = request.path.value_or("/"),
                               .name = request.group_name,
                               .created = context.now};
  TRY(context.directory.groups.Insert(group));
  return CreateGroupResponse{.group = ToApi(context.account(), group)};
}

Result<GetGroupResponse> GetGroup(OperationContext& context, const GetGroupRequest& request) {
  const std::string after = TRY(OpenMarker(context, "GetGroup", request.marker));
  const directory::Group group = TRY(context.directory.groups.Get(request.group_name));
  const auto page = TRY(context.directory.groups.ListMembers(group, after, PageItems(request.max_items)));
  GetGroupResponse response{.group = ToApi(context.account(), group)};
  for (const directory::User& user : page.items) response.users.push_back(ToApi(context.account(), user));
  response.is_truncated = page.truncated;
  if (page.truncated) response.marker = MakeMarker(context, "GetGroup", page.items.back().id);
  return response;
}

Result<ListGroupsResponse> ListGroups(OperationContext& context, const ListGroupsRequest& request) {
  const std::string after = TRY(OpenMarker(context, "ListGroups", request.marker));
  const auto page =
      TRY(context.directory.groups.List(request.path_prefix.value_or("/"), after, PageItems(request.max_items)));
  ListGroupsResponse response;
  for (const directory::Group& group : page.items) response.groups.push_back(ToApi(context.account(), group));
  response.is_truncated = page.truncated;
  if (page.truncated) response.marker = MakeMarker(context, "ListGroups", page.items.back().name);
  return response;
}

Result<UpdateGroupResponse> UpdateGroup(OperationContext& context, const UpdateGroupRequest& request) {
  const directory::Group stored = TRY(context.directory.groups.Get(request.group_name));
  directory::Group changed = stored;
  if (request.new_path) changed.path = *request.new_path;
  if (request.new_group_name) changed.name = *request.new_group_name;
  TRY(context.directory.groups.Replace(stored, changed));
  return UpdateGroupResponse{};
}

Result<DeleteGroupResponse> DeleteGroup(OperationContext& context, const DeleteGroupRequest& request) {
  const directory::Group group = TRY(context.directory.groups.Get(request.group_name));
  TRY(CheckHasNoPolicies(TRY(context.directory.holdings.Get(group.id))));
  if (TRY(context.directory.groups.HasMembers(group))) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete entity, must remove users from group first.");
  }
  TRY(context.directory.groups.Remove(group));
  return DeleteGroupResponse{};
}

Result<AddUserToGroupResponse> AddUserToGroup(OperationContext& context, const AddUserToGroupRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  const directory::Group group = TRY(context.directory.groups.Get(request.group_name));
  TRY(context.directory.groups.AddMember(group, user));
  return AddUserToGroupResponse{};
}

Result<RemoveUserFromGroupResponse> RemoveUserFromGroup(OperationContext& context,
                                                        const RemoveUserFromGroupRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  const directory::Group group = TRY(context.directory.groups.Get(request.group_name));
  TRY(context.directory.groups.RemoveMember(group, user));
  return RemoveUserFromGroupResponse{};
}

Result<ListGroupsForUserResponse> ListGroupsForUser(OperationContext& context,
                                                    const ListGroupsForUserRequest& request) {
  const directory::User user = TRY(context.directory.users.Get(request.user_name));
  ListGroupsForUserResponse response;
  TRY(ShowPage(
      context, "ListGroupsForUser", request, TRY(context.directory.groups.ListOf(user)),
      [](const directory::Group& group) { return AsciiLower(group.name); },
      [&](const directory::Group& group) { response.groups.push_back(ToApi(context.account(), group)); }, response));
  return response;
}

}  // namespace

void RegisterGroupOperations(Operations& operations) {
  operations.Add<api::CreateGroup>(CreateGroup);
  operations.Add<api::GetGroup>(GetGroup);
  operations.Add<api::ListGroups>(ListGroups);
  operations.Add<api::UpdateGroup>(UpdateGroup);
  operations.Add<api::DeleteGroup>(DeleteGroup);
  operations.Add<api::AddUserToGroup>(AddUserToGroup);
  operations.Add<api::RemoveUserFromGroup>(RemoveUserFromGroup);
  operations.Add<api::ListGroupsForUser>(ListGroupsForUser);
}

}  // namespace claviger::ops::iam

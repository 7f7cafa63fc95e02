#include "ops/iam/instance_profile.h"

#include "aws/unique_id.h"
#include "base/text.h"
#include "gen/iam/operations.h"
#include "ops/iam/entity.h"
#include "ops/iam/protected_role.h"
#include "ops/iam/show.h"
#include "ops/iam/tags.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<CreateInstanceProfileResponse> CreateInstanceProfile(OperationContext& context,
                                                            const CreateInstanceProfileRequest& request) {
  const directory::InstanceProfile profile{.id = MintId(IdKind::kInstanceProfile, context.account(), context.random),
                                           .path = request.path.value_or("/"),
                                           .name = request.instance_profile_name,
                                           .created = context.now,
                                           .tags = TRY(TagsFromApi(request.tags, TagKeys::kExact))};
  TRY(context.directory.instance_profiles.Insert(profile));
  gen::iam::InstanceProfile api = TRY(ToApi(context, profile));
  api.tags = TagsUnlessEmpty(profile.tags);
  return CreateInstanceProfileResponse{.instance_profile = std::move(api)};
}

Result<GetInstanceProfileResponse> GetInstanceProfile(OperationContext& context,
                                                      const GetInstanceProfileRequest& request) {
  const auto profile = TRY(context.directory.instance_profiles.Get(request.instance_profile_name));
  gen::iam::InstanceProfile api = TRY(ToApi(context, profile));
  api.tags = ToApi(profile.tags);
  return GetInstanceProfileResponse{.instance_profile = std::move(api)};
}

Result<ListInstanceProfilesResponse> ListInstanceProfiles(OperationContext& context,
                                                          const ListInstanceProfilesRequest& request) {
  const std::string after = TRY(OpenMarker(context, "ListInstanceProfiles", request.marker));
  const auto page = TRY(
      context.directory.instance_profiles.List(request.path_prefix.value_or("/"), after, PageItems(request.max_items)));
  ListInstanceProfilesResponse response;
  for (const auto& profile : page.items) response.instance_profiles.push_back(TRY(ToApi(context, profile)));
  response.is_truncated = page.truncated;
  if (page.truncated) response.marker = MakeMarker(context, "ListInstanceProfiles", page.items.back().name);
  return response;
}

Result<ListInstanceProfilesForRoleResponse> ListInstanceProfilesForRole(
    OperationContext& context, const ListInstanceProfilesForRoleRequest& request) {
  const directory::Role role = TRY(context.directory.roles.Get(request.role_name));
  std::vector<directory::InstanceProfile> page;
  ListInstanceProfilesForRoleResponse response;
  TRY(ShowPage(
      context, "ListInstanceProfilesForRole", request, TRY(context.directory.instance_profiles.ListOf(role.id)),
      [](const directory::InstanceProfile& profile) { return AsciiLower(profile.name); },
      [&](const directory::InstanceProfile& profile) { page.push_back(profile); }, response));
  for (const auto& profile : page) response.instance_profiles.push_back(TRY(ToApi(context, profile)));
  return response;
}

Result<DeleteInstanceProfileResponse> DeleteInstanceProfile(OperationContext& context,
                                                            const DeleteInstanceProfileRequest& request) {
  const auto profile = TRY(context.directory.instance_profiles.Get(request.instance_profile_name));
  if (!profile.role.empty()) return RoleInInstanceProfile();
  TRY(context.directory.instance_profiles.Remove(profile));
  return DeleteInstanceProfileResponse{};
}

Result<AddRoleToInstanceProfileResponse> AddRoleToInstanceProfile(OperationContext& context,
                                                                  const AddRoleToInstanceProfileRequest& request) {
  const auto profile = TRY(context.directory.instance_profiles.Get(request.instance_profile_name));
  const directory::Role role = TRY(GetModifiableRole(context, request.role_name));
  TRY(context.directory.instance_profiles.AddRole(profile, role.id));
  return AddRoleToInstanceProfileResponse{};
}

Result<RemoveRoleFromInstanceProfileResponse> RemoveRoleFromInstanceProfile(
    OperationContext& context, const RemoveRoleFromInstanceProfileRequest& request) {
  const auto profile = TRY(context.directory.instance_profiles.Get(request.instance_profile_name));
  const directory::Role role = TRY(GetModifiableRole(context, request.role_name));
  if (profile.role != role.id) {
    return Fail(ErrorCode::kNoSuchEntity,
                "Role " + request.role_name + " in Instance Profile " + profile.name + " cannot be found.");
  }
  TRY(context.directory.instance_profiles.RemoveRole(profile));
  return RemoveRoleFromInstanceProfileResponse{};
}

}  // namespace

void RegisterInstanceProfileOperations(Operations& operations) {
  operations.Add<api::CreateInstanceProfile>(CreateInstanceProfile);
  operations.Add<api::GetInstanceProfile>(GetInstanceProfile);
  operations.Add<api::ListInstanceProfiles>(ListInstanceProfiles);
  operations.Add<api::ListInstanceProfilesForRole>(ListInstanceProfilesForRole);
  operations.Add<api::DeleteInstanceProfile>(DeleteInstanceProfile);
  operations.Add<api::AddRoleToInstanceProfile>(AddRoleToInstanceProfile);
  operations.Add<api::RemoveRoleFromInstanceProfile>(RemoveRoleFromInstanceProfile);
}

}  // namespace claviger::ops::iam

#include "ops/iam/role.h"

#include <chrono>

#include "aws/unique_id.h"
#include "directory/counter.h"
#include "directory/trust_policy.h"
#include "gen/iam/operations.h"
#include "ops/iam/entity.h"
#include "ops/iam/policy_lookup.h"
#include "ops/iam/protected_role.h"
#include "ops/iam/shared_issuer.h"
#include "ops/iam/show.h"
#include "ops/iam/tags.h"
#include "ops/paging.h"
#include "policy/limits.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Result<gen::iam::Role> WithDescription(OperationContext& context, const directory::Role& role) {
  gen::iam::Role api = TRY(ToApi(context, role));
  if (!role.description.empty()) api.description = role.description;
  return api;
}

std::int32_t SecondsOf(std::chrono::seconds duration) { return static_cast<std::int32_t>(duration.count()); }

// The form to be kept of a trust policy. Errors: MalformedPolicyDocument; LimitExceeded.
Result<std::string> CheckedTrustPolicy(OperationContext& context, const std::string& document) {
  TRY(CheckSharedIssuers(*TRY(ParseDocument(document, policy::Kind::kTrust))));
  const std::uint64_t quota = context.directory.context.quotas.trust_policy_characters;
  if (policy::CountedCharacters(document) > quota) return directory::QuotaExceeded("ACLSizePerRole", quota);
  return directory::ToStoredTrustPolicy(context.directory.context, document);
}

Result<CreateRoleResponse> CreateRole(OperationContext& context, const CreateRoleRequest& request) {
  TRY(CheckUnreserved(request.path.value_or("/"), request.role_name));
  directory::Role role{.id = MintId(IdKind::kRole, context.account(), context.random),
                       .path = request.path.value_or("/"),
                       .name = request.role_name,
                       .created = context.now,
                       .tags = TRY(TagsFromApi(request.tags, TagKeys::kIgnoreCase)),
                       .boundary = TRY(BoundaryId(context, request.permissions_boundary, directory::EntityKind::kRole)),
                       .description = request.description.value_or(""),
                       .trust_policy = TRY(CheckedTrustPolicy(context, request.assume_role_policy_document))};
  if (request.max_session_duration) role.max_session = std::chrono::seconds(*request.max_session_duration);
  TRY(context.directory.roles.Insert(role));
  context.directory.holdings.MoveBoundary(directory::EntityKind::kRole, role.id, "", role.boundary);
  gen::iam::Role api = ToApi(context.account(), role, request.assume_role_policy_document);
  api.tags = TagsUnlessEmpty(role.tags);
  api.permissions_boundary = TRY(BoundaryToApi(context, role.boundary));
  return CreateRoleResponse{.role = std::move(api)};
}

Result<GetRoleResponse> GetRole(OperationContext& context, const GetRoleRequest& request) {
  const directory::Role role = TRY(context.directory.roles.Get(request.role_name));
  gen::iam::Role api = TRY(WithDescription(context, role));
  api.max_session_duration = SecondsOf(role.max_session);
  api.tags = TagsUnlessEmpty(role.tags);
  api.permissions_boundary = TRY(BoundaryToApi(context, role.boundary));
  api.role_last_used = TRY(LastUsed(context, role));
  return GetRoleResponse{.role = std::move(api)};
}

Result<ListRolesResponse> ListRoles(OperationContext& context, const ListRolesRequest& request) {
  const std::string after = TRY(OpenMarker(context, "ListRoles", request.marker));
  const auto page =
      TRY(context.directory.roles.List(request.path_prefix.value_or("/"), after, PageItems(request.max_items)));
  ListRolesResponse response;
  for (const directory::Role& role : page.items) {
    gen::iam::Role& api = response.roles.emplace_back(TRY(WithDescription(context, role)));
    api.max_session_duration = SecondsOf(role.max_session);
  }
  response.is_truncated = page.truncated;
  if (page.truncated) response.marker = MakeMarker(context, "ListRoles", page.items.back().name);
  return response;
}

// What is not given keeps its value.
Result<UpdateRoleResponse> UpdateRole(OperationContext& context, const UpdateRoleRequest& request) {
  const directory::Role stored = TRY(context.directory.roles.Get(request.role_name));
  if (request.max_session_duration || !IsServiceLinked(stored)) TRY(CheckModifiable(stored));
  directory::Role changed = stored;
  if (request.description) changed.description = *request.description;
  if (request.max_session_duration) changed.max_session = std::chrono::seconds(*request.max_session_duration);
  TRY(context.directory.roles.Replace(stored, changed));
  return UpdateRoleResponse{};
}

Result<UpdateRoleDescriptionResponse> UpdateRoleDescription(OperationContext& context,
                                                            const UpdateRoleDescriptionRequest& request) {
  const directory::Role stored = TRY(context.directory.roles.Get(request.role_name));
  if (!IsServiceLinked(stored)) TRY(CheckModifiable(stored));
  directory::Role changed = stored;
  changed.description = request.description;
  TRY(context.directory.roles.Replace(stored, changed));
  return UpdateRoleDescriptionResponse{.role = TRY(WithDescription(context, changed))};
}

Result<UpdateAssumeRolePolicyResponse> UpdateAssumeRolePolicy(OperationContext& context,
                                                              const UpdateAssumeRolePolicyRequest& request) {
  const directory::Role stored = TRY(GetModifiableRole(context, request.role_name));
  directory::Role changed = stored;
  changed.trust_policy = TRY(CheckedTrustPolicy(context, request.policy_document));
  TRY(context.directory.roles.Replace(stored, changed));
  return UpdateAssumeRolePolicyResponse{};
}

Result<DeleteRoleResponse> DeleteRole(OperationContext& context, const DeleteRoleRequest& request) {
  const directory::Role role = TRY(GetModifiableRole(context, request.role_name));
  if (!TRY(context.directory.instance_profiles.ListOf(role.id)).empty()) return RoleInInstanceProfile();
  TRY(CheckHasNoPolicies(TRY(context.directory.holdings.Get(role.id))));
  context.directory.holdings.MoveBoundary(directory::EntityKind::kRole, role.id, role.boundary, "");
  TRY(context.directory.roles.Remove(role));
  return DeleteRoleResponse{};
}

}  // namespace

void RegisterRoleOperations(Operations& operations) {
  operations.Add<api::CreateRole>(CreateRole);
  operations.Add<api::GetRole>(GetRole);
  operations.Add<api::ListRoles>(ListRoles);
  operations.Add<api::UpdateRole>(UpdateRole);
  operations.Add<api::UpdateRoleDescription>(UpdateRoleDescription);
  operations.Add<api::UpdateAssumeRolePolicy>(UpdateAssumeRolePolicy);
  operations.Add<api::DeleteRole>(DeleteRole);
}

}  // namespace claviger::ops::iam

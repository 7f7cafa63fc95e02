#include "ops/iam/managed_policy.h"

#include <optional>
#include <utility>

#include "aws/unique_id.h"
#include "directory/counter.h"
#include "gen/iam/operations.h"
#include "ops/iam/policy_lookup.h"
#include "ops/iam/show.h"
#include "ops/iam/tags.h"
#include "ops/paging.h"
#include "policy/limits.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::PolicyUse;

Result<CreatePolicyResponse> CreatePolicy(OperationContext& context, const CreatePolicyRequest& request) {
  TRY(ParseDocument(request.policy_document, policy::Kind::kManaged));
  const std::uint64_t quota = context.directory.context.quotas.managed_policy_characters;
  if (policy::CountedCharacters(request.policy_document) > quota) return directory::QuotaExceeded("PolicySize", quota);
  const directory::Policy policy{.id = MintId(IdKind::kManagedPolicy, context.account(), context.random),
                                 .path = request.path.value_or("/"),
                                 .name = request.policy_name,
                                 .created = context.now,
                                 .tags = TRY(TagsFromApi(request.tags, TagKeys::kExact)),
                                 .description = request.description.value_or(""),
                                 .updated = context.now};
  TRY(context.directory.policies.Insert(policy, request.policy_document));
  gen::iam::Policy api = ToApi(context, policy, PolicyUseCounts{});
  api.tags = TagsUnlessEmpty(policy.tags);
  return CreatePolicyResponse{.policy = std::move(api)};
}

Result<GetPolicyResponse> GetPolicy(OperationContext& context, const GetPolicyRequest& request) {
  const auto policy = TRY(context.directory.policies.FindByArn(request.policy_arn));
  if (!policy) {
    // AWS words it by whose policy it would be.
    return context.directory.policies.IsOwnArn(request.policy_arn) ? PolicyNotAttachable(request.policy_arn)
                                                                   : PolicyNotFound(request.policy_arn);
  }
  gen::iam::Policy api = ToApi(context, *policy, TRY(CountUses(context, *policy)));
  if (!policy->description.empty()) api.description = policy->description;
  api.tags = iam::ToApi(policy->tags);
  return GetPolicyResponse{.policy = std::move(api)};
}

Result<DeletePolicyResponse> DeletePolicy(OperationContext& context, const DeletePolicyRequest& request) {
  TRY(CheckOwnPolicy(context, request.policy_arn, "delete"));
  const directory::Policy policy = TRY(GetKnownPolicy(context, request.policy_arn));
  if (TRY(context.directory.holdings.IsUsed(policy.id))) {
    return Fail(ErrorCode::kDeleteConflict, "Cannot delete a policy attached to entities.");
  }
  if (TRY(context.directory.policies.ListVersions(policy)).size() > 1) {
    return Fail(ErrorCode::kDeleteConflict,
                "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                "versions. The default version is deleted with the policy.");
  }
  TRY(context.directory.policies.Remove(policy));
  return DeletePolicyResponse{};
}

// ---- ListPolicies: the account's policies by name, then AWS's by ARN. A marker says in which of both lists it is.

constexpr char kInLocal = 'l';
constexpr char kInAws = 'a';

// Whether the filters of `request` show a policy that is used so. A policy that nobody uses may become either, so that
// only the wish for boundaries hides it.
bool IsShown(const ListPoliciesRequest& request, const PolicyUseCounts& counts) {
  const bool boundaries = request.policy_usage_filter == policy_usage_type::kPermissionsBoundary;
  if (boundaries) return counts.boundary > 0;
  if (request.only_attached.value_or(false)) return counts.attached > 0;
  const bool permissions = request.policy_usage_filter == policy_usage_type::kPermissionsPolicy;
  return !permissions || counts.attached > 0 || counts.boundary == 0;
}

bool HasFilter(const ListPoliciesRequest& request) {
  return request.policy_usage_filter.has_value() || request.only_attached.value_or(false);
}

// Appends the account's own from behind the name `after`; the marker's position when there are more.
Result<std::optional<std::string>> AppendLocal(OperationContext& context, const ListPoliciesRequest& request,
                                               std::string_view after, std::vector<gen::iam::Policy>& out) {
  directory::Policies::Keep keep;
  if (HasFilter(request)) {
    keep = [&](const directory::Policy& policy) -> Result<bool> {
      return IsShown(request, TRY(CountUses(context, policy)));
    };
  }
  const auto page = TRY(
      context.directory.policies.List(request.path_prefix.value_or("/"), after, PageItems(request.max_items), keep));
  for (const directory::Policy& policy : page.items) {
    out.push_back(ToApi(context, policy, TRY(CountUses(context, policy))));
  }
  if (!page.truncated) return std::optional<std::string>();
  return std::optional(kInLocal + page.items.back().name);
}

// The same for AWS's, from behind the ARN `after`.
Result<std::optional<std::string>> AppendAws(OperationContext& context, const ListPoliciesRequest& request,
                                             std::string after, std::vector<gen::iam::Policy>& out) {
  for (const AwsManagedPolicy& known : context.directory.context.catalogue.policies()) {
    if (known.arn <= after) continue;
    const directory::Policy policy = directory::FromCatalogue(known);
    if (!policy.path.starts_with(request.path_prefix.value_or("/"))) continue;
    const PolicyUseCounts counts = TRY(CountUses(context, policy));
    if (!IsShown(request, counts)) continue;
    if (out.size() == PageItems(request.max_items)) return std::optional(kInAws + after);
    out.push_back(ToApi(context, policy, counts));
    after = known.arn;
  }
  return std::optional<std::string>();
}

Result<ListPoliciesResponse> ListPolicies(OperationContext& context, const ListPoliciesRequest& request) {
  const std::string position = TRY(OpenMarker(context, "ListPolicies", request.marker));
  const bool in_aws = position.starts_with(kInAws);
  const std::string after = position.empty() ? position : position.substr(1);
  ListPoliciesResponse response;
  std::vector<gen::iam::Policy>& policies = response.policies.emplace();
  std::optional<std::string> more;
  if (request.scope != policy_scope_type::kAws && !in_aws) more = TRY(AppendLocal(context, request, after, policies));
  if (request.scope != policy_scope_type::kLocal && !more) {
    more = TRY(AppendAws(context, request, in_aws ? after : std::string(), policies));
  }
  response.is_truncated = more.has_value();
  if (more) response.marker = MakeMarker(context, "ListPolicies", *more);
  return response;
}

// ---- ListEntitiesForPolicy: those it is attached to, then those it bounds and that were not shown yet.

// An entity as the answer names it.
struct NamedEntity {
  std::string path;
  std::string name;
  std::string id;
};

template <class T>
Result<NamedEntity> NameOf(const Result<std::optional<T>>& found) {
  if (!found.ok()) return Failure{found.error()};
  if (!*found) return Fail(ErrorCode::kInternalFailure, "A policy is attached to nobody known.");
  return NamedEntity{.path = (*found)->path, .name = (*found)->name, .id = (*found)->id};
}

Result<NamedEntity> NameOf(OperationContext& context, const directory::PolicyUser& user) {
  switch (user.kind) {
    case directory::EntityKind::kUser:
      return NameOf(context.directory.users.FindById(user.id));
    case directory::EntityKind::kGroup:
      return NameOf(context.directory.groups.FindById(user.id));
    case directory::EntityKind::kRole:
      break;
  }
  return NameOf(context.directory.roles.FindById(user.id));
}

std::string_view FilterName(directory::EntityKind kind) {
  switch (kind) {
    case directory::EntityKind::kUser:
      return entity_type::kUser;
    case directory::EntityKind::kGroup:
      return entity_type::kGroup;
    case directory::EntityKind::kRole:
      break;
  }
  return entity_type::kRole;
}

void Append(const directory::PolicyUser& user, NamedEntity&& entity, ListEntitiesForPolicyResponse& out) {
  switch (user.kind) {
    case directory::EntityKind::kUser:
      out.policy_users->push_back({.user_name = std::move(entity.name), .user_id = std::move(entity.id)});
      break;
    case directory::EntityKind::kGroup:
      out.policy_groups->push_back({.group_name = std::move(entity.name), .group_id = std::move(entity.id)});
      break;
    case directory::EntityKind::kRole:
      out.policy_roles->push_back({.role_name = std::move(entity.name), .role_id = std::move(entity.id)});
      break;
  }
}

bool WantsUse(const ListEntitiesForPolicyRequest& request, PolicyUse use) {
  if (!request.policy_usage_filter) return true;
  return (*request.policy_usage_filter == policy_usage_type::kPermissionsBoundary) == (use == PolicyUse::kBoundary);
}

Result<ListEntitiesForPolicyResponse> ListEntitiesForPolicy(OperationContext& context,
                                                            const ListEntitiesForPolicyRequest& request) {
  const std::string position = TRY(OpenMarker(context, "ListEntitiesForPolicy", request.marker));
  const directory::Policy policy = TRY(GetAttachablePolicy(context, request.policy_arn));
  ListEntitiesForPolicyResponse response{.policy_groups = {{}}, .policy_users = {{}}, .policy_roles = {{}}};
  response.is_truncated = false;
  std::size_t left = PageItems(request.max_items);
  for (const PolicyUse use : {PolicyUse::kAttached, PolicyUse::kBoundary}) {
    const char list = use == PolicyUse::kAttached ? 'a' : 'b';
    if (!WantsUse(request, use) || (use == PolicyUse::kAttached && position.starts_with('b'))) continue;
    const bool both = use == PolicyUse::kBoundary && WantsUse(request, PolicyUse::kAttached);
    const auto keep = [&](const directory::PolicyUser& user) -> Result<bool> {
      if (request.entity_filter && *request.entity_filter != FilterName(user.kind)) return false;
      if (both) {
        const directory::Holdings holdings = TRY(context.directory.holdings.Get(user.id));
        if (std::ranges::find(holdings.attached, policy.id) != holdings.attached.end()) return false;
      }
      if (!request.path_prefix || *request.path_prefix == "/") return true;
      return TRY(NameOf(context, user)).path.starts_with(*request.path_prefix);
    };
    const std::string after = position.starts_with(list) ? position.substr(1) : std::string();
    const auto page = TRY(context.directory.holdings.ListUsers(policy.id, use, after, left, keep));
    for (const directory::PolicyUser& user : page.items) Append(user, TRY(NameOf(context, user)), response);
    left -= page.items.size();
    if (page.truncated) {
      response.is_truncated = true;
      const std::string last = page.items.empty() ? after : directory::AllHoldings::PositionOf(page.items.back());
      response.marker = MakeMarker(context, "ListEntitiesForPolicy", list + last);
      break;
    }
  }
  return response;
}

}  // namespace

void RegisterManagedPolicyOperations(Operations& operations) {
  operations.Add<api::CreatePolicy>(CreatePolicy);
  operations.Add<api::GetPolicy>(GetPolicy);
  operations.Add<api::ListPolicies>(ListPolicies);
  operations.Add<api::DeletePolicy>(DeletePolicy);
  operations.Add<api::ListEntitiesForPolicy>(ListEntitiesForPolicy);
}

}  // namespace claviger::ops::iam

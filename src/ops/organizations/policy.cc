#include "ops/organizations/policy.h"

#include <algorithm>

#include "gen/organizations/operations.h"
#include "ops/organizations/paging.h"
#include "ops/organizations/scope.h"
#include "ops/organizations/show.h"
#include "ops/organizations/tags.h"
#include "policy/parse.h"

namespace claviger::ops::organizations {
namespace {

using namespace gen::organizations;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::ControlPolicy;
using directory::ControlPolicyType;

constexpr std::size_t kPolicyIdCharacters = 8;

// Errors: PolicyTypeNotAvailableForOrganizationException, for the types that Claviger lacks and for organizations
// without all features.
Result<ControlPolicyType> GetType(const Scope& scope, std::string_view text) {
  const auto type = ParseType(text);
  if (type && scope.organization.feature_set == directory::FeatureSet::kAll) return *type;
  return Fail(ErrorCode::kPolicyTypeNotAvailableForOrganizationException,
              "The specified policy type is not available for this organization.");
}

// Whether `text` may be the content of such a policy. White space counts, as AWS has it.
Result<> CheckContent(const OperationContext& context, ControlPolicyType type, std::string_view text) {
  const directory::Quotas& quotas = context.directory.context.quotas;
  const bool service = type == ControlPolicyType::kServiceControl;
  const std::uint64_t max =
      service ? quotas.service_control_policy_characters : quotas.resource_control_policy_characters;
  if (text.size() > max) {
    return Fail(ErrorCode::kConstraintViolationException, "You have exceeded the maximum policy size.",
                "POLICY_CONTENT_LIMIT_EXCEEDED");
  }
  const auto kind = service ? claviger::policy::Kind::kServiceControl : claviger::policy::Kind::kResourceControl;
  if (!claviger::policy::Parse(text, kind).ok()) {
    return Fail(ErrorCode::kMalformedPolicyDocumentException,
                "The provided policy document does not meet the requirements of the specified policy type.");
  }
  return {};
}

// Errors: DuplicatePolicyException; ConstraintViolationException when a new one would be one too many.
Result<> CheckRoomFor(const OperationContext& context, Scope& scope, const ControlPolicy& policy, bool is_new) {
  std::uint64_t count = 0;
  const auto same = [&](const ControlPolicy& other) {
    return other.type == policy.type && other.name == policy.name && other.id != policy.id;
  };
  const auto duplicate = [] {
    return Fail(ErrorCode::kDuplicatePolicyException, "A policy with the same name already exists.");
  };
  if (std::ranges::any_of(directory::ManagedControlPolicies(), same)) return duplicate();
  for (const ControlPolicy& other : TRY(scope.directory.policies.List())) {
    if (same(other)) return duplicate();
    if (other.type == policy.type) ++count;
  }
  if (is_new && count >= context.directory.context.quotas.control_policies_per_organization) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You have exceeded the number of policies that you can have in an organization.",
                "POLICY_NUMBER_LIMIT_EXCEEDED");
  }
  return {};
}

Result<CreatePolicyResponse> CreatePolicy(OperationContext& context, const CreatePolicyRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  const ControlPolicyType type = TRY(GetType(scope, request.type));
  TRY(CheckContent(context, type, request.content));
  const ControlPolicy policy{.id = "p-" + directory::RandomWord(context.random, kPolicyIdCharacters),
                             .type = type,
                             .name = request.name,
                             .description = request.description,
                             .content = request.content,
                             .tags = TRY(TagsFromApi(context, request.tags))};
  TRY(CheckRoomFor(context, scope, policy, true));
  scope.directory.policies.Put(policy);
  return CreatePolicyResponse{.policy = Show(scope, policy)};
}

Result<UpdatePolicyResponse> UpdatePolicy(OperationContext& context, const UpdatePolicyRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  ControlPolicy policy = TRY(GetOwnPolicy(scope, request.policy_id));
  if (request.name) {
    policy.name = *request.name;
    TRY(CheckRoomFor(context, scope, policy, false));
  }
  if (request.description) policy.description = *request.description;
  if (request.content) {
    TRY(CheckContent(context, policy.type, *request.content));
    policy.content = *request.content;
  }
  scope.directory.policies.Put(policy);
  return UpdatePolicyResponse{.policy = Show(scope, policy)};
}

Result<DescribePolicyResponse> DescribePolicy(OperationContext& context, const DescribePolicyRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  return DescribePolicyResponse{.policy = Show(scope, TRY(GetPolicy(scope, request.policy_id)))};
}

Result<DeletePolicyResponse> DeletePolicy(OperationContext& context, const DeletePolicyRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  const ControlPolicy policy = TRY(GetOwnPolicy(scope, request.policy_id));
  if (!TRY(scope.attachments().TargetsOf(policy.id)).empty()) {
    return Fail(ErrorCode::kPolicyInUseException,
                "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts "
                "before performing this operation.");
  }
  scope.directory.policies.Remove(policy.id);
  return DeletePolicyResponse{};
}

// Of a type that Claviger lacks there are none.
Result<ListPoliciesResponse> ListPolicies(OperationContext& context, const ListPoliciesRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  std::vector<ControlPolicy> policies;
  if (const auto type = ParseType(request.filter)) {
    policies = TRY(scope.directory.policies.List());
    const auto& managed = directory::ManagedControlPolicies();
    policies.insert(policies.end(), managed.begin(), managed.end());
    std::erase_if(policies, [&](const ControlPolicy& policy) { return policy.type != *type; });
  }
  ListPoliciesResponse response;
  auto& shown = response.policies.emplace();
  TRY(ShowTokenPage(
      context, "ListPolicies", request, std::move(policies), [](const ControlPolicy& policy) { return policy.id; },
      [&](const ControlPolicy& policy) -> Result<> {
        shown.push_back(Summary(scope, policy));
        return {};
      },
      response));
  return response;
}

// ---- Types

Result<> CheckRoot(const Scope& scope, std::string_view root) {
  if (root == scope.organization.root_id) return {};
  return Fail(ErrorCode::kRootNotFoundException, "You specified a root that doesn't exist.");
}

// Every root, unit and account.
Result<std::vector<std::string>> AllTargets(Scope& scope) {
  std::vector<std::string> targets{scope.organization.root_id};
  for (const auto& unit : TRY(scope.directory.units.List())) targets.push_back(unit.id);
  for (const auto& account : TRY(scope.directory.accounts.List())) targets.push_back(account.id);
  return targets;
}

// What allows everything is attached everywhere, so that nothing changes until somebody says so.
Result<EnablePolicyTypeResponse> EnablePolicyType(OperationContext& context, const EnablePolicyTypeRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  TRY(CheckRoot(scope, request.root_id));
  const ControlPolicyType type = TRY(GetType(scope, request.policy_type));
  if (scope.organization.Enables(type)) {
    return Fail(ErrorCode::kPolicyTypeAlreadyEnabledException, "The specified policy type is already enabled.");
  }
  scope.organization.enabled_types.push_back(type);
  scope.directory.Put(scope.organization);
  for (const std::string& target : TRY(AllTargets(scope))) {
    scope.attachments().Attach(directory::DefaultControlPolicy(type).id, target);
  }
  return EnablePolicyTypeResponse{.root = ShowRoot(scope)};
}

// All attachments of the type are gone: enabling it again begins anew.
Result<DisablePolicyTypeResponse> DisablePolicyType(OperationContext& context,
                                                    const DisablePolicyTypeRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  TRY(CheckRoot(scope, request.root_id));
  const auto type = ParseType(request.policy_type);
  if (!type || !scope.organization.Enables(*type)) {
    return Fail(ErrorCode::kPolicyTypeNotEnabledException,
                "This operation can be performed only for enabled policy types.");
  }
  std::erase(scope.organization.enabled_types, *type);
  scope.directory.Put(scope.organization);
  directory::ControlAttachments attachments = scope.attachments();
  for (const std::string& target : TRY(AllTargets(scope))) {
    for (const ControlPolicy& policy : TRY(attachments.AttachedTo(target, *type)))
      attachments.Detach(policy.id, target);
  }
  return DisablePolicyTypeResponse{.root = ShowRoot(scope)};
}

}  // namespace

void RegisterPolicyOperations(Operations& operations) {
  operations.Add<api::CreatePolicy>(CreatePolicy);
  operations.Add<api::UpdatePolicy>(UpdatePolicy);
  operations.Add<api::DescribePolicy>(DescribePolicy);
  operations.Add<api::DeletePolicy>(DeletePolicy);
  operations.Add<api::ListPolicies>(ListPolicies);
  operations.Add<api::EnablePolicyType>(EnablePolicyType);
  operations.Add<api::DisablePolicyType>(DisablePolicyType);
}

}  // namespace claviger::ops::organizations

#include "ops/organizations/attachment.h"

#include "gen/organizations/operations.h"
#include "ops/organizations/paging.h"
#include "ops/organizations/scope.h"
#include "ops/organizations/show.h"

namespace claviger::ops::organizations {
namespace {

using namespace gen::organizations;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using directory::ControlPolicy;
using directory::ControlPolicyType;

// A root, unit or account as answers show it. Errors: TargetNotFoundException.
Result<PolicyTargetSummary> GetTarget(Scope& scope, const std::string& id) {
  const auto target = [&](std::string_view type, std::string_view arn_type, std::string_view name) {
    return PolicyTargetSummary{
        .target_id = id, .arn = ArnOf(scope, arn_type, id), .name = std::string(name), .type = std::string(type)};
  };
  if (id == scope.organization.root_id) return target(target_type::kRoot, "root", "Root");
  if (id.starts_with("ou-")) {
    if (const auto unit = TRY(scope.directory.units.Find(id))) {
      return target(target_type::kOrganizationalUnit, "ou", unit->name);
    }
  } else if (const auto account = TRY(scope.directory.accounts.Find(id))) {
    return target(target_type::kAccount, "account", account->name);
  }
  return Fail(ErrorCode::kTargetNotFoundException, "You specified a target that doesn't exist.");
}

Result<> CheckEnabled(const Scope& scope, ControlPolicyType type) {
  if (scope.organization.Enables(type)) return {};
  return Fail(ErrorCode::kPolicyTypeNotEnabledException,
              "This operation can be performed only for enabled policy types.");
}

Result<AttachPolicyResponse> AttachPolicy(OperationContext& context, const AttachPolicyRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  const ControlPolicy policy = TRY(GetPolicy(scope, request.policy_id));
  TRY(GetTarget(scope, request.target_id));
  TRY(CheckEnabled(scope, policy.type));
  directory::ControlAttachments attachments = scope.attachments();
  if (TRY(attachments.IsAttached(policy.id, request.target_id))) {
    return Fail(ErrorCode::kDuplicatePolicyAttachmentException,
                "A policy with the specified name and type already exists.");
  }
  const directory::Quotas& quotas = context.directory.context.quotas;
  const std::uint64_t max = policy.type == ControlPolicyType::kServiceControl
                                ? quotas.service_control_policies_per_target
                                : quotas.resource_control_policies_per_target;
  if (TRY(attachments.AttachedTo(request.target_id, policy.type)).size() >= max) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You have attached the maximum number of policies to the specified target.",
                "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
  }
  attachments.Attach(policy.id, request.target_id);
  return AttachPolicyResponse{};
}

Result<DetachPolicyResponse> DetachPolicy(OperationContext& context, const DetachPolicyRequest& request) {
  Scope scope = TRY(GetManagedScope(context));
  const ControlPolicy policy = TRY(GetPolicy(scope, request.policy_id));
  TRY(GetTarget(scope, request.target_id));
  directory::ControlAttachments attachments = scope.attachments();
  if (!TRY(attachments.IsAttached(policy.id, request.target_id))) {
    return Fail(ErrorCode::kPolicyNotAttachedException,
                "The policy isn't attached to the specified target in the specified root.");
  }
  if (policy.id == directory::kRcpFullAwsAccess) {
    return Fail(ErrorCode::kInvalidInputException, "You can't detach the RCPFullAWSAccess policy.",
                "NON_DETACHABLE_POLICY");
  }
  if (TRY(attachments.AttachedTo(request.target_id, policy.type)).size() == 1) {
    return Fail(ErrorCode::kConstraintViolationException,
                "You cannot remove the last policy attached to the specified target. You must have at least one "
                "attached at all times.",
                "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
  }
  attachments.Detach(policy.id, request.target_id);
  return DetachPolicyResponse{};
}

Result<ListPoliciesForTargetResponse> ListPoliciesForTarget(OperationContext& context,
                                                            const ListPoliciesForTargetRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  TRY(GetTarget(scope, request.target_id));
  std::vector<ControlPolicy> policies;
  if (const auto type = ParseType(request.filter)) {
    policies = TRY(scope.attachments().AttachedTo(request.target_id, *type));
  }
  ListPoliciesForTargetResponse response;
  auto& shown = response.policies.emplace();
  TRY(ShowTokenPage(
      context, "ListPoliciesForTarget", request, std::move(policies),
      [](const ControlPolicy& policy) { return policy.id; },
      [&](const ControlPolicy& policy) -> Result<> {
        shown.push_back(Summary(scope, policy));
        return {};
      },
      response));
  return response;
}

Result<ListTargetsForPolicyResponse> ListTargetsForPolicy(OperationContext& context,
                                                          const ListTargetsForPolicyRequest& request) {
  Scope scope = TRY(GetReadableScope(context));
  const ControlPolicy policy = TRY(GetPolicy(scope, request.policy_id));
  ListTargetsForPolicyResponse response;
  auto& shown = response.targets.emplace();
  TRY(ShowTokenPage(
      context, "ListTargetsForPolicy", request, TRY(scope.attachments().TargetsOf(policy.id)),
      [](const std::string& id) { return id; },
      [&](const std::string& id) -> Result<> {
        shown.push_back(TRY(GetTarget(scope, id)));
        return {};
      },
      response));
  return response;
}

}  // namespace

void RegisterAttachmentOperations(Operations& operations) {
  operations.Add<api::AttachPolicy>(AttachPolicy);
  operations.Add<api::DetachPolicy>(DetachPolicy);
  operations.Add<api::ListPoliciesForTarget>(ListPoliciesForTarget);
  operations.Add<api::ListTargetsForPolicy>(ListTargetsForPolicy);
}

}  // namespace claviger::ops::organizations

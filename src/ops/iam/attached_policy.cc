#include "ops/iam/attached_policy.h"

#include "base/text.h"
#include "gen/iam/operations.h"
#include "ops/iam/entity.h"
#include "ops/iam/policy_lookup.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

template <class Operation>
Result<typename Operation::Response> Attach(OperationContext& context, const typename Operation::Request& request) {
  const directory::Entity entity = TRY(GetModifiableEntity(context, request));
  const directory::Policy policy = TRY(GetAttachablePolicy(context, request.policy_arn));
  TRY(CheckNotReserved(policy, entity.kind));
  TRY(context.directory.holdings.Attach(entity, policy.id));
  return typename Operation::Response{};
}

// A policy that is not attached is answered as one that does not exist.
template <class Operation>
Result<typename Operation::Response> Detach(OperationContext& context, const typename Operation::Request& request) {
  const directory::Entity entity = TRY(GetModifiableEntity(context, request));
  const directory::Policy policy = TRY(GetKnownPolicy(context, request.policy_arn));
  if (!TRY(context.directory.holdings.Detach(entity, policy.id))) return PolicyNotFound(request.policy_arn);
  return typename Operation::Response{};
}

template <class Operation>
Result<typename Operation::Response> ListAttached(OperationContext& context,
                                                  const typename Operation::Request& request) {
  const directory::Entity entity = TRY(GetEntity(context, request));
  std::vector<directory::Policy> policies;
  for (const std::string& id : TRY(context.directory.holdings.Get(entity.id)).attached) {
    auto policy = TRY(context.directory.policies.FindAnyById(id));
    if (!policy) return Fail(ErrorCode::kInternalFailure, "An attached policy is no longer known.");
    if (policy->path.starts_with(request.path_prefix.value_or("/"))) policies.push_back(std::move(*policy));
  }
  typename Operation::Response response;
  auto& attached = response.attached_policies.emplace();
  // By name, as all lists; one of AWS's may be called the same as one of the account's.
  const auto position_of = [](const directory::Policy& policy) { return AsciiLower(policy.name) + "/" + policy.id; };
  TRY(ShowPage(
      context, Operation::Info().name, request, std::move(policies), position_of,
      [&](const directory::Policy& policy) {
        attached.push_back({.policy_name = policy.name, .policy_arn = context.directory.policies.ArnOf(policy)});
      },
      response));
  return response;
}

}  // namespace

void RegisterAttachedPolicyOperations(Operations& operations) {
  operations.Add<api::AttachUserPolicy>(Attach<api::AttachUserPolicy>);
  operations.Add<api::AttachGroupPolicy>(Attach<api::AttachGroupPolicy>);
  operations.Add<api::AttachRolePolicy>(Attach<api::AttachRolePolicy>);
  operations.Add<api::DetachUserPolicy>(Detach<api::DetachUserPolicy>);
  operations.Add<api::DetachGroupPolicy>(Detach<api::DetachGroupPolicy>);
  operations.Add<api::DetachRolePolicy>(Detach<api::DetachRolePolicy>);
  operations.Add<api::ListAttachedUserPolicies>(ListAttached<api::ListAttachedUserPolicies>);
  operations.Add<api::ListAttachedGroupPolicies>(ListAttached<api::ListAttachedGroupPolicies>);
  operations.Add<api::ListAttachedRolePolicies>(ListAttached<api::ListAttachedRolePolicies>);
}

}  // namespace claviger::ops::iam

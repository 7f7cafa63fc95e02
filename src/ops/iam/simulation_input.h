// The parameters that the two simulation operations share, checked and made into what the evaluator takes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authz/evaluate.h"
#include "authz/principal_arn.h"
#include "gen/iam/operations.h"
#include "ops/context.h"
#include "ops/iam/policy_source.h"

namespace claviger::ops::iam {

// Views of a SimulateCustomPolicyRequest or SimulatePrincipalPolicyRequest, which must outlive it.
struct SimulationInput {
  template <class Request>
  explicit SimulationInput(const Request& request)
      : boundaries(request.permissions_boundary_policy_input_list),
        actions(request.action_names),
        resource_policy(request.resource_policy),
        resource_owner(request.resource_owner),
        caller_arn(request.caller_arn),
        context_entries(request.context_entries),
        handling_option(request.resource_handling_option) {
    if constexpr (requires { request.policy_input_list.has_value(); }) {
      if (request.policy_input_list) policies = *request.policy_input_list;
    } else {
      policies = request.policy_input_list;
    }
    if (request.resource_arns) resources = *request.resource_arns;
  }

  std::span<const std::string> policies;
  const std::optional<std::vector<std::string>>& boundaries;
  std::span<const std::string> actions;
  std::span<const std::string> resources;  // None: all resources, "*".
  const std::optional<std::string>& resource_policy;
  const std::optional<std::string>& resource_owner;
  const std::optional<std::string>& caller_arn;
  const std::optional<std::vector<gen::iam::ContextEntry>>& context_entries;
  const std::optional<std::string>& handling_option;
};

// Everything about the simulated requests but their action and resource.
struct Simulation {
  std::unique_ptr<const authz::CompiledSet> identity;
  std::unique_ptr<const authz::CompiledSet> boundary;  // Null: none.
  std::unique_ptr<const authz::CompiledSet> resource;  // Null: none.
  // Of the organization that the principal's account is in, from the root to the account.
  bool in_organization = false;
  std::vector<std::unique_ptr<const authz::CompiledSet>> service_control;
  authz::NamedPrincipal principal;
  std::string resource_owner;  // The account of resources whose ARN names none.
  authz::ContextKeys keys;
  // Of all policies, those that neither the request nor the principal gives; each once, as a policy spells it.
  std::vector<std::string> missing_keys;
};

// `holder`: whose stored policies take part; null for SimulateCustomPolicy.
// Errors: InvalidInput; PolicyEvaluation for a stored policy that cannot be read.
Result<Simulation> PrepareSimulation(OperationContext& context, const SimulationInput& input,
                                     const PolicyHolder* holder, const std::string& holder_arn);

}  // namespace claviger::ops::iam

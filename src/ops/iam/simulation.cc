#include "ops/iam/simulation.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "authz/words.h"
#include "aws/account_id.h"
#include "aws/arn.h"
#include "base/text.h"
#include "ops/iam/simulation_input.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.
using authz::Decision;
using authz::Explanation;
using authz::Layer;

// A page ends early when its results name this many statements, whatever MaxItems says: policies of thousands of
// statements times thousands of results would make an answer without bound.
constexpr std::size_t kPageStatementsMax = 10000;

// As the live service names them, which is none of the names in its own description.
std::string LayerName(Layer layer) {
  switch (layer) {
    case Layer::kResource:
    case Layer::kTrust:
      return "Resource Policy";
    case Layer::kBoundary:
      return "Permissions Boundary Policy";
    case Layer::kServiceControl:
      return "Service Control Policy";
    case Layer::kResourceControl:
      return "Resource Control Policy";
    case Layer::kIdentity:
    case Layer::kSession:
    case Layer::kRootUser:
      break;
  }
  return "IAM Policy";
}

Position ToApi(const policy::Position& position) {
  return {.line = static_cast<std::int32_t>(position.line), .column = static_cast<std::int32_t>(position.column)};
}

// What decided: of a denial the statements that deny, of whichever type; else those of the types that can allow.
std::vector<Statement> Matched(const authz::Verdict& verdict, const Explanation& explanation) {
  std::vector<Statement> statements;
  if (verdict.decision == Decision::kImplicitDeny) return statements;
  const bool denied = verdict.decision == Decision::kExplicitDeny;
  for (const authz::Trace& trace : explanation.traces) {
    const bool allows =
        trace.layer == Layer::kIdentity || trace.layer == Layer::kResource || trace.layer == Layer::kTrust;
    if (!trace.applies || trace.statement.statement().denies() != denied || !(denied || allows)) continue;
    const authz::CompiledPolicy& policy = *trace.statement.policy;
    const policy::StatementRange& range = policy.document().ranges[trace.statement.index];
    statements.push_back({.source_policy_id = policy.source().id,
                          .source_policy_type = LayerName(trace.layer),
                          .start_position = ToApi(range.begin),
                          .end_position = ToApi(range.end)});
  }
  return statements;
}

// Services whose resources' policies must allow, within the account too; a role's trust policy is one.
authz::ResourceRule RuleOf(std::string_view action) {
  const std::string lower = AsciiLower(action);
  if (lower.starts_with("sts:assumerole")) return authz::ResourceRule::kTrust;
  return lower.starts_with("kms:") ? authz::ResourceRule::kMustAllow : authz::ResourceRule::kMayAllow;
}

// One action on one resource; `request` is overwritten. `levels` are those of the simulation's service control.
EvaluationResult EvaluateOne(const Simulation& simulation, std::span<const authz::CompiledSet* const> levels,
                             authz::RequestContext& request, const std::string& action, const std::string& resource,
                             bool resources_given) {
  authz::PolicySet policies{.identity = simulation.identity.get(),
                            .boundary = simulation.boundary.get(),
                            .resource = simulation.resource.get(),
                            .service_control = levels};
  request.action = action;
  request.resource = resource;
  // Without the resource's policy there is only one side to simulate.
  if (simulation.resource != nullptr) {
    policies.resource_rule = RuleOf(action);
    const auto arn = Arn::Parse(resource);
    const bool tells_account = arn && AccountId::Parse(arn->account);
    request.resource_account = tells_account ? arn->account : std::string_view(simulation.resource_owner);
  }
  const bool foreign = !request.resource_account.empty() && request.resource_account != simulation.principal.account;

  Explanation explanation;
  const authz::Verdict verdict = authz::Evaluate(request, policies, explanation);
  const auto said_by = [&](Layer layer) { return explanation.layers[static_cast<std::size_t>(layer)]; };

  EvaluationResult result{.eval_action_name = action,
                          .eval_resource_name = resource,
                          .eval_decision = std::string(authz::DecisionWord(verdict.decision)),
                          .matched_statements = Matched(verdict, explanation)};
  if (simulation.in_organization) {
    const bool allowed = said_by(Layer::kServiceControl).value_or(Decision::kAllowed) == Decision::kAllowed;
    result.organizations_decision_detail = {{.allowed_by_organizations = allowed}};
  }
  if (const auto boundary = said_by(Layer::kBoundary)) {
    result.permissions_boundary_decision_detail = {
        {.allowed_by_permissions_boundary = *boundary == Decision::kAllowed}};
  }
  if (resource != "*") result.eval_decision_details.emplace();
  if (foreign) {
    auto& details = result.eval_decision_details.emplace();
    for (const Layer layer : {Layer::kIdentity, Layer::kBoundary, Layer::kResource, Layer::kTrust}) {
      if (const auto said = said_by(layer)) details[LayerName(layer)] = std::string(authz::DecisionWord(*said));
    }
  }
  // Named resources have the missing keys, and all the rest once more, in a list of their own.
  result.missing_context_values.emplace();
  if (!resources_given || resource == "*") result.missing_context_values = simulation.missing_keys;
  if (!resources_given) return result;
  ResourceSpecificResult specific{.eval_resource_name = resource,
                                  .eval_resource_decision = result.eval_decision,
                                  .matched_statements = result.matched_statements,
                                  .missing_context_values = simulation.missing_keys,
                                  .permissions_boundary_decision_detail = result.permissions_boundary_decision_detail};
  if (foreign) specific.eval_decision_details = result.eval_decision_details;
  result.resource_specific_results.emplace().push_back(std::move(specific));
  return result;
}

// All resources for the first action, then for the next.
template <class Request>
Result<SimulatePolicyResponse> Simulate(OperationContext& context, std::string_view operation, const Request& request,
                                        const PolicyHolder* holder, const std::string& holder_arn) {
  const SimulationInput input(request);
  const std::size_t begin = TRY(OpenIndexMarker(context, operation, request.marker));
  Simulation simulation = TRY(PrepareSimulation(context, input, holder, holder_arn));
  std::vector<const authz::CompiledSet*> levels;
  for (const auto& level : simulation.service_control) levels.push_back(level.get());
  authz::RequestContext evaluated{.principal = simulation.principal.View(), .keys = std::move(simulation.keys)};
  const std::array<std::string, 1> all_resources = {"*"};
  const bool given = !input.resources.empty();
  const std::span<const std::string> resources = given ? input.resources : std::span<const std::string>(all_resources);
  const std::size_t count = input.actions.size() * resources.size();

  SimulatePolicyResponse response;
  auto& results = response.evaluation_results.emplace();
  std::size_t statements = 0;
  std::size_t next = begin;
  for (; next < count && results.size() < PageItems(request.max_items) && statements < kPageStatementsMax; ++next) {
    results.push_back(EvaluateOne(simulation, levels, evaluated, input.actions[next / resources.size()],
                                  resources[next % resources.size()], given));
    statements += results.back().matched_statements->size() + simulation.missing_keys.size();
  }
  response.is_truncated = next < count;
  if (*response.is_truncated) response.marker = MakeIndexMarker(context, operation, next);
  return response;
}

Result<SimulatePolicyResponse> SimulateCustomPolicy(OperationContext& context,
                                                    const SimulateCustomPolicyRequest& request) {
  return Simulate(context, "SimulateCustomPolicy", request, nullptr, {});
}

Result<SimulatePolicyResponse> SimulatePrincipalPolicy(OperationContext& context,
                                                       const SimulatePrincipalPolicyRequest& request) {
  const PolicyHolder holder = TRY(GetPolicyHolder(context, request.policy_source_arn));
  return Simulate(context, "SimulatePrincipalPolicy", request, &holder, request.policy_source_arn);
}

}  // namespace

void RegisterSimulationOperations(Operations& operations) {
  operations.Add<api::SimulateCustomPolicy>(SimulateCustomPolicy);
  operations.Add<api::SimulatePrincipalPolicy>(SimulatePrincipalPolicy);
}

}  // namespace claviger::ops::iam

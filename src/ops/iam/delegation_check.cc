#include "ops/iam/delegation_check.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "directory/organization_policy.h"
#include "directory/principal_policies.h"
#include "lint/glob.h"
#include "policy/parse.h"

namespace claviger::ops::iam {
namespace {

using lint::Coverage;
using lint::PolicyLayer;

Result<> Add(const std::string& text, PolicyLayer& layer) {
  auto document = policy::Parse(text, policy::Kind::kAny);
  if (!document.ok()) {
    return Fail(ErrorCode::kPolicyEvaluation, "A policy cannot be read: " + document.error().message);
  }
  layer.push_back(*std::move(document));
  return {};
}

// All that has to let a request of the caller pass.
Result<std::vector<PolicyLayer>> LayersOf(OperationContext& context) {
  std::vector<PolicyLayer> layers;
  const auto controls = TRY(directory::LoadAccountControls(context.directory.context, context.account()));
  for (const auto& level : controls.service_control) {
    PolicyLayer& layer = layers.emplace_back();
    for (const directory::ControlText& control : level) TRY(Add(control.content, layer));
  }
  const Caller& caller = context.caller;
  if (caller.IsRoot()) return layers;  // Nothing else limits it.
  const auto policies = TRY(directory::LoadPrincipalPolicies(context.directory, caller.type, caller.unique_id));
  PolicyLayer& identity = layers.emplace_back();
  for (const directory::PolicyText& text : policies.identity) TRY(Add(text.document, identity));
  if (policies.boundary) TRY(Add(policies.boundary->document, layers.emplace_back()));
  return layers;
}

// The actions that a pattern means, as far as they are known; else the pattern.
std::vector<std::string> ActionsOf(const directory::ServiceCatalogue& services, const std::string& pattern) {
  std::vector<std::string> actions;
  const std::string lower = AsciiLower(pattern);
  const auto* service = services.Find(lower.substr(0, lower.find(':')));
  if (service == nullptr || lower.find_first_of("*?") == std::string::npos) return {pattern};
  for (const std::string& action : service->actions) {
    const std::string name = service->name_space + ":" + action;
    if (lint::Covers(lower, AsciiLower(name))) actions.push_back(name);
  }
  if (actions.empty()) actions.push_back(pattern);
  return actions;
}

}  // namespace

std::string_view NameOf(Coverage coverage) {
  switch (coverage) {
    case Coverage::kAll:
      return "ALLOWED";
    case Coverage::kNotAll:
      return "DENIED";
    case Coverage::kUnsure:
      break;
  }
  return "UNSURE";
}

Result<Coverage> CheckDelegation(OperationContext& context, const policy::Document& wanted) {
  policy::Document plain = wanted;
  for (policy::Statement& statement : plain.statements) {
    if (statement.action.negated) continue;
    std::vector<std::string> actions;
    for (const std::string& pattern : statement.action.patterns) {
      for (std::string& action : ActionsOf(context.directory.context.services, pattern)) {
        actions.push_back(std::move(action));
      }
    }
    statement.action.patterns = std::move(actions);
  }
  const Coverage coverage = lint::CoverageOf(plain, TRY(LayersOf(context)));
  // Which policies a session was given is sealed in its token.
  const bool limited = context.caller.session && context.caller.session->limited;
  return limited && coverage == Coverage::kAll ? Coverage::kUnsure : coverage;
}

}  // namespace claviger::ops::iam

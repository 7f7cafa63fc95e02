#include "ops/iam/simulation_input.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "authz/value.h"
#include "aws/arn.h"
#include "base/encoding.h"
#include "base/text.h"
#include "directory/organization_policy.h"
#include "policy/date.h"
#include "policy/parse.h"
#include "policy/template.h"

namespace claviger::ops::iam {
namespace {

using authz::CallerKind;
using authz::CompiledPolicy;
using authz::CompiledSet;

using Policies = std::vector<std::shared_ptr<const CompiledPolicy>>;

Failure<Error> Invalid(std::string text) { return Fail(ErrorCode::kInvalidInput, std::move(text)); }

Result<> AddInput(std::string_view list, std::span<const std::string> texts, Policies& policies) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto document = policy::Parse(texts[i], policy::Kind::kAny);
    if (!document.ok()) return Invalid(document.error().message);
    policies.push_back(authz::Compile(*std::move(document), {std::string(list) + "." + std::to_string(i + 1), {}}));
  }
  return {};
}

Result<> AddStored(const directory::PolicyText& text, Policies& policies) {
  auto document = policy::Parse(text.document, policy::Kind::kAny);
  if (!document.ok()) {
    return Fail(ErrorCode::kPolicyEvaluation, "The policy " + text.id + " cannot be read: " + document.error().message);
  }
  policies.push_back(authz::Compile(*std::move(document), {text.id, text.arn}));
  return {};
}

std::unique_ptr<const CompiledSet> ToSet(Policies policies) {
  return std::make_unique<const CompiledSet>(std::move(policies));
}

// What the organization lets the account do at all.
Result<> AddServiceControl(OperationContext& context, Simulation& simulation) {
  const auto controls = TRY(directory::LoadAccountControls(context.directory.context, context.account()));
  simulation.in_organization = !controls.organization_id.empty();
  for (const auto& level : controls.service_control) {
    Policies policies;
    for (const directory::ControlText& text : level) {
      TRY(AddStored({.id = text.id, .arn = text.arn, .document = text.content}, policies));
    }
    simulation.service_control.push_back(ToSet(std::move(policies)));
  }
  return {};
}

// A boundary that is passed stands in for the stored one.
Result<std::unique_ptr<const CompiledSet>> Boundary(const SimulationInput& input, const PolicyHolder* holder) {
  Policies policies;
  if (input.boundaries && !input.boundaries->empty()) {
    if (input.boundaries->size() > 1)
      return Invalid("Only one permissions boundary policy can be simulated at a time.");
    TRY(AddInput("PermissionsBoundaryPolicyInputList", *input.boundaries, policies));
  } else if (holder != nullptr && holder->policies.boundary) {
    TRY(AddStored(*holder->policies.boundary, policies));
  } else {
    return std::unique_ptr<const CompiledSet>();
  }
  return ToSet(std::move(policies));
}

// Of a role, which may leave out the resource, or of any other resource.
Result<std::unique_ptr<const CompiledSet>> ResourcePolicy(const std::optional<std::string>& text) {
  if (!text) return std::unique_ptr<const CompiledSet>();
  auto document = policy::Parse(*text, policy::Kind::kResource);
  if (!document.ok()) {
    auto trust = policy::Parse(*text, policy::Kind::kTrust);
    if (!trust.ok()) return Invalid(document.error().message);
    document = std::move(trust);
  }
  return ToSet({authz::Compile(*std::move(document), {"ResourcePolicy", {}})});
}

// What the directory knows of a user of this account: the unique id, which policies may name, and tags.
Result<> AddKnownUser(OperationContext& context, authz::NamedPrincipal& principal, authz::ContextKeys& keys) {
  if (principal.account != context.account().ToString()) return {};
  const auto user = TRY(context.directory.users.Find(principal.name));
  if (!user || IamArn(context.account(), "user", user->path, user->name) != principal.arn) return {};
  principal.unique_id = user->id;
  for (const Tag& tag : user->tags) keys.Set("aws:PrincipalTag/" + tag.key, tag.value);
  return {};
}

// The simulated caller: the one passed, else the user or role whose policies are simulated, else nobody in particular.
Result<authz::NamedPrincipal> Caller(OperationContext& context, const SimulationInput& input,
                                     const PolicyHolder* holder, const std::string& holder_arn,
                                     authz::ContextKeys& keys) {
  using directory::EntityKind;
  if (input.caller_arn) {
    auto principal = authz::ParsePrincipal(*input.caller_arn);
    if (!principal || principal->kind != CallerKind::kUser || principal->arn.empty()) {
      return InvalidArn(*input.caller_arn);
    }
    TRY(AddKnownUser(context, *principal, keys));
    return *std::move(principal);
  }
  const bool user = holder != nullptr && holder->entity.kind == EntityKind::kUser;
  if (input.resource_policy && !user) return Invalid("CallerArn is required when ResourcePolicy is specified.");
  if (holder == nullptr || holder->entity.kind == EntityKind::kGroup) {
    return authz::NamedPrincipal{.kind = CallerKind::kUser, .account = context.account().ToString()};
  }
  auto principal = authz::ParsePrincipal(holder_arn);
  if (!principal) return InvalidArn(holder_arn);
  principal->unique_id = holder->entity.id;
  for (const Tag& tag : holder->tags) keys.Set("aws:PrincipalTag/" + tag.key, tag.value);
  return *std::move(principal);
}

Result<std::string> ResourceOwner(const SimulationInput& input, const authz::NamedPrincipal& principal) {
  if (!input.resource_owner) return principal.account;
  const auto arn = Arn::Parse(*input.resource_owner);
  if (!arn || arn->service != "iam" || arn->resource != "root" || !AccountId::Parse(arn->account)) {
    return Invalid("'" + *input.resource_owner + "' is not a valid as a Resource Owner.");
  }
  return std::string(arn->account);
}

// A type of context entry, without its List.
struct EntryType {
  std::string_view name;
  bool (*fits)(std::string_view value);
};
constexpr std::array kEntryTypes = {
    EntryType{"string", [](std::string_view) { return true; }},
    EntryType{"numeric", [](std::string_view value) { return authz::ParseDecimal(value).has_value(); }},
    EntryType{"boolean", [](std::string_view value) { return authz::ParseBool(value).has_value(); }},
    EntryType{"ip", [](std::string_view value) { return authz::ParseIpNetwork(value).has_value(); }},
    EntryType{"binary", [](std::string_view value) { return Base64Decode(value).has_value(); }},
    EntryType{"date", [](std::string_view value) { return policy::ParseInstant(value).has_value(); }},
};

Result<> SetEntry(const gen::iam::ContextEntry& entry, authz::ContextKeys& keys) {
  if (!entry.context_key_name) return Invalid("A context entry must have a ContextKeyName.");
  const std::string& name = *entry.context_key_name;
  const auto wrong = [&](std::string_view why) {
    return Invalid("Invalid context entry for " + name + ": " + std::string(why));
  };
  if (!entry.context_key_type) return wrong("ContextKeyType is missing.");
  std::string_view type = *entry.context_key_type;
  const bool list = type.ends_with("List");
  if (list) type.remove_suffix(std::string_view("List").size());
  std::vector<std::string_view> values;
  if (entry.context_key_values) values.assign(entry.context_key_values->begin(), entry.context_key_values->end());
  if (!list && values.size() != 1) return wrong("the type " + std::string(type) + " takes one value.");
  const auto* known = std::ranges::find(kEntryTypes, type, &EntryType::name);
  for (const std::string_view value : values) {
    if (!known->fits(value)) return wrong("`" + std::string(value) + "` is not of the type " + std::string(type) + ".");
  }
  keys.Set(name, values);
  return {};
}

// "The list of resources that you must define for each scenario": which types a RunInstances simulation must name.
struct Scenario {
  std::string_view name;
  std::string_view types;  // Each followed by a slash, as EC2's ARNs have them.
};
constexpr std::array kScenarios = {
    Scenario{"EC2-Classic-InstanceStore", "instance/ image/ security-group/"},
    Scenario{"EC2-Classic-EBS", "instance/ image/ security-group/ volume/"},
    Scenario{"EC2-VPC-InstanceStore", "instance/ image/ security-group/ network-interface/"},
    Scenario{"EC2-VPC-InstanceStore-Subnet", "instance/ image/ security-group/ network-interface/ subnet/"},
    Scenario{"EC2-VPC-EBS", "instance/ image/ security-group/ network-interface/ volume/"},
    Scenario{"EC2-VPC-EBS-Subnet", "instance/ image/ security-group/ network-interface/ subnet/ volume/"},
};

Result<> CheckScenario(const SimulationInput& input) {
  if (!input.handling_option) return {};
  const auto* scenario = std::ranges::find(kScenarios, *input.handling_option, &Scenario::name);
  if (scenario == kScenarios.end()) {
    return Invalid("'" + *input.handling_option + "' is not a valid ResourceHandlingOption.");
  }
  for (std::string_view rest = scenario->types; !rest.empty();) {
    const std::string_view type = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), type.size() + 1));
    const bool named = std::ranges::any_of(input.resources, [&](const std::string& resource) {
      const auto arn = Arn::Parse(resource);
      return resource == "*" || (arn && arn->service == "ec2" && arn->resource.starts_with(type));
    });
    if (named) continue;
    return Invalid(*input.handling_option + " requires a resource of the type " +
                   std::string(type.substr(0, type.size() - 1)) + " in ResourceArns.");
  }
  return {};
}

Result<> CheckActions(std::span<const std::string> actions) {
  for (const std::string& action : actions) {
    const std::size_t colon = action.find(':');
    const bool named = colon != std::string::npos && colon > 0 && colon + 1 < action.size() &&
                       action.find(':', colon + 1) == std::string::npos;
    if (!named || action.find_first_of("*?") != std::string::npos) return Invalid("Invalid Input Action: " + action);
  }
  return {};
}

Result<> CheckResources(std::span<const std::string> resources) {
  for (const std::string& resource : resources) {
    if (resource != "*" && !Arn::Parse(resource)) return InvalidArn(resource);
  }
  return {};
}

void AddMissingKeys(const CompiledSet* set, std::set<std::string>& seen, Simulation& simulation) {
  if (set == nullptr) return;
  for (const auto& policy : set->policies()) {
    for (std::string& key : policy::ContextKeysOf(policy->document())) {
      if (simulation.keys.Find(key) || !seen.insert(AsciiLower(key)).second) continue;
      simulation.missing_keys.push_back(std::move(key));
    }
  }
}

}  // namespace

Result<Simulation> PrepareSimulation(OperationContext& context, const SimulationInput& input,
                                     const PolicyHolder* holder, const std::string& holder_arn) {
  TRY(CheckActions(input.actions));
  TRY(CheckResources(input.resources));
  TRY(CheckScenario(input));
  Simulation simulation;
  Policies identity;
  if (holder != nullptr) {
    for (const directory::PolicyText& text : holder->policies.identity) TRY(AddStored(text, identity));
  }
  TRY(AddInput("PolicyInputList", input.policies, identity));
  simulation.identity = ToSet(std::move(identity));
  simulation.boundary = TRY(Boundary(input, holder));
  simulation.resource = TRY(ResourcePolicy(input.resource_policy));
  if (holder != nullptr) TRY(AddServiceControl(context, simulation));
  simulation.principal = TRY(Caller(context, input, holder, holder_arn, simulation.keys));
  simulation.resource_owner = TRY(ResourceOwner(input, simulation.principal));
  if (input.context_entries) {
    for (const auto& entry : *input.context_entries) TRY(SetEntry(entry, simulation.keys));
  }
  if (!simulation.principal.arn.empty()) authz::FillPrincipalKeys(simulation.principal, simulation.keys);
  std::set<std::string> seen;
  AddMissingKeys(simulation.identity.get(), seen, simulation);
  AddMissingKeys(simulation.boundary.get(), seen, simulation);
  AddMissingKeys(simulation.resource.get(), seen, simulation);
  for (const auto& level : simulation.service_control) AddMissingKeys(level.get(), seen, simulation);
  return simulation;
}

}  // namespace claviger::ops::iam

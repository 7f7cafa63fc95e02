#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "policy/date.h"
#include "policy/draft.h"
#include "policy/print.h"

namespace claviger::policy {
namespace {

using Problem = std::optional<PolicyError>;

Problem Refuse(std::string_view message, std::string_view reason, Position position) {
  return PolicyError{.message = std::string(message), .reason = std::string(reason), .position = position};
}

constexpr std::string_view kLegacy = "The policy failed legacy parsing";

// Runs `check` over all statements; the first that fails ends it.
template <class CheckStatement>
Problem ForEach(const Draft& draft, CheckStatement check) {
  for (const StatementDraft& statement : draft.statements) {
    if (Problem problem = check(statement)) return problem;
  }
  return std::nullopt;
}

Problem CheckVersion(const Draft& draft) {
  if (draft.version == Version::k20121017) return std::nullopt;
  return Refuse("Policy document must be version 2012-10-17 or greater.", "Version is missing or 2008-10-17",
                draft.version_at);
}

Problem CheckEffectAndDates(const StatementDraft& draft) {
  if (draft.effect_misspelt) return Refuse(kLegacy, "Effect is case-sensitive", draft.effect_at);
  for (std::size_t i = 0; i < draft.statement.conditions.size(); ++i) {
    const Condition& condition = draft.statement.conditions[i];
    if (!IsDateComparison(condition.op.comparison)) continue;
    for (const std::string& value : condition.values) {
      if (!ParseInstant(value)) return Refuse(kLegacy, "`" + value + "` is not a date", draft.condition_at[i]);
    }
  }
  return std::nullopt;
}

// One statement's resources: either what only the older parser objects to, or the message for the smallest wrong one,
// which is how AWS picks among several.
Problem ResourceListProblem(const StatementDraft& draft, bool legacy) {
  if (!draft.statement.resource) return std::nullopt;
  std::vector<std::string> sorted = draft.statement.resource->patterns;
  std::ranges::sort(sorted);
  for (const std::string& resource : sorted) {
    const auto message = ResourceProblem(resource);
    if (!message || message->empty() != legacy) continue;
    return Refuse(legacy ? kLegacy : std::string_view(*message), "`" + resource + "` is not a resource ARN",
                  draft.resource_at);
  }
  return std::nullopt;
}

Problem CheckLegacyResources(const StatementDraft& draft) { return ResourceListProblem(draft, true); }
Problem CheckResourceFormat(const StatementDraft& draft) { return ResourceListProblem(draft, false); }

Problem CheckSids(const Draft& draft) {
  std::unordered_set<std::string_view> seen;
  return ForEach(draft, [&](const StatementDraft& statement) -> Problem {
    if (!statement.statement.sid || statement.statement.sid->empty()) return std::nullopt;
    if (seen.insert(*statement.statement.sid).second) return std::nullopt;
    return Refuse("Statement IDs (SID) in a single policy must be unique.", "Sid is used twice", statement.sid_at);
  });
}

Problem CheckActionsPresent(const StatementDraft& draft) {
  if (!draft.statement.action.patterns.empty()) return std::nullopt;
  return Refuse("Policy statement must contain actions.", "Action and NotAction are missing or empty", draft.action_at);
}

Problem CheckResourcesPresent(const StatementDraft& draft) {
  if (draft.statement.resource && !draft.statement.resource->patterns.empty()) return std::nullopt;
  return Refuse("Policy statement must contain resources.", "Resource and NotResource are missing or empty",
                draft.resource_at);
}

Problem CheckActionVendor(std::string_view action, Position position) {
  const auto colons = std::ranges::count(action, ':');
  if (action == "*") return std::nullopt;
  if (colons == 0) {
    return Refuse("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
                  "an action is `service:Name` or `*`", position);
  }
  if (colons > 1) return Refuse("Actions/Condition can contain only one colon.", "two colons in an action", position);
  const std::string_view vendor = action.substr(0, action.find(':'));
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  if (vendor == "*" || (!vendor.empty() && std::ranges::all_of(vendor, is_allowed))) return std::nullopt;
  return Refuse("Vendor " + std::string(vendor) + " is not valid", "unusable service prefix", position);
}

Problem CheckActionVendors(const StatementDraft& draft) {
  for (const std::string& action : draft.statement.action.patterns) {
    if (Problem problem = CheckActionVendor(action, draft.action_at)) return problem;
  }
  return std::nullopt;
}

Problem CheckNoPrincipal(const StatementDraft& draft) {
  if (!draft.statement.principal) return std::nullopt;
  return Refuse("Policy document should not specify a principal.", "only a resource's policy names principals",
                draft.principal_at);
}

Problem CheckPrincipalPresent(const StatementDraft& draft) {
  const auto& principal = draft.statement.principal;
  if (!principal) return Refuse("Missing required field Principal", "Principal is missing", draft.principal_at);
  if (principal->everyone || !principal->principals.empty()) return std::nullopt;
  return Refuse("Missing required field Principal cannot be empty!", "Principal names nobody", draft.principal_at);
}

std::string InvalidPrincipal(const Principal& principal) {
  // AWS shows kinds other than AWS in capitals, and AWS is in capitals anyway.
  std::string kind(PrincipalKindName(principal.kind));
  for (char& c : kind) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  return "Invalid principal in policy: \"" + kind + "\":\"" + principal.value + "\"";
}

Problem CheckPrincipalShapes(const StatementDraft& draft, Kind kind) {
  for (const Principal& principal : draft.statement.principal->principals) {
    if (kind == Kind::kTrust && principal.kind == PrincipalKind::kFederated && !IsPlausiblePrincipal(principal)) {
      return Refuse("Federated principals must be valid domain names or SAML metadata ARNs",
                    "`" + principal.value + "` is no identity provider", draft.principal_at);
    }
    const bool out_of_place = kind == Kind::kTrust && principal.kind == PrincipalKind::kCanonicalUser;
    if (!out_of_place && IsPlausiblePrincipal(principal)) continue;
    return Refuse(InvalidPrincipal(principal), "`" + principal.value + "` cannot be a principal here",
                  draft.principal_at);
  }
  return std::nullopt;
}

bool IsAssumeRoleAction(std::string_view action) {
  const std::string lower = AsciiLower(action);
  return lower.starts_with("sts:assumerole") || lower == "sts:tagsession" || lower == "sts:setsourceidentity" ||
         lower == "sts:setcontext";
}

Problem CheckTrustStatement(const StatementDraft& draft) {
  const Statement& statement = draft.statement;
  if (statement.resource && statement.resource->negated) {
    return Refuse("AssumeRole policy must not contain resources.", "a trust policy has no NotResource",
                  draft.resource_at);
  }
  if (statement.resource) {
    return Refuse("Has prohibited field Resource", "a trust policy has no Resource", draft.resource_at);
  }
  if (Problem problem = CheckPrincipalPresent(draft)) return problem;
  if (statement.principal->negated && statement.effect == Effect::kAllow) {
    return Refuse("Allow with NotPrincipal is not allowed.", "NotPrincipal is for Deny", draft.principal_at);
  }
  if (statement.principal->everyone) {
    return Refuse("AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".",
                  "write {\"AWS\": \"*\"} to trust everyone", draft.principal_at);
  }
  if (Problem problem = CheckPrincipalShapes(draft, Kind::kTrust)) return problem;
  if (Problem problem = CheckActionsPresent(draft)) return problem;
  if (!statement.action.negated && std::ranges::all_of(statement.action.patterns, IsAssumeRoleAction))
    return std::nullopt;
  return Refuse("AssumeRole policy may only specify STS AssumeRole actions.", "a trust policy is about assuming alone",
                draft.action_at);
}

Problem CheckTrust(const Draft& draft) {
  if (Problem problem = ForEach(draft, CheckEffectAndDates)) return problem;
  if (Problem problem = CheckSids(draft)) return problem;
  return ForEach(draft, CheckTrustStatement);
}

// Service control policies came without texts to go by: the messages are ours.
Problem CheckServiceControl(const StatementDraft& draft) {
  if (draft.statement.principal) {
    return Refuse("The provided policy document does not meet the requirements of the specified policy type.",
                  "a service control policy names no principals", draft.principal_at);
  }
  return std::nullopt;
}

Problem CheckResourceControl(const StatementDraft& draft) {
  constexpr std::string_view message =
      "The provided policy document does not meet the requirements of the specified policy type.";
  const Statement& statement = draft.statement;
  if (statement.effect != Effect::kDeny) {
    return Refuse(message, "a resource control policy can only deny", draft.effect_at);
  }
  if (!statement.principal || !statement.principal->everyone || statement.principal->negated) {
    return Refuse(message, "the Principal of a resource control policy is `*`", draft.principal_at);
  }
  if (statement.action.negated ||
      std::ranges::find(statement.action.patterns, "*") != statement.action.patterns.end()) {
    return Refuse(message, "a resource control policy names its actions with their service", draft.action_at);
  }
  return std::nullopt;
}

// What all kinds but trust policies share, in AWS's order.
Problem CheckGeneral(const Draft& draft, Kind kind) {
  const bool identity = kind == Kind::kManaged || kind == Kind::kInline || kind == Kind::kSession;
  // 2. Version. Session policies and resource policies may still be of 2008.
  if (kind == Kind::kManaged || kind == Kind::kInline) {
    if (Problem problem = CheckVersion(draft)) return problem;
  }
  // 3. What AWS's older parser refuses.
  if (Problem problem = ForEach(draft, CheckEffectAndDates)) return problem;
  if (kind != Kind::kAny) {
    if (Problem problem = ForEach(draft, CheckLegacyResources)) return problem;
  }
  // 4. Sids.
  if (Problem problem = CheckSids(draft)) return problem;
  if (identity) {
    if (Problem problem = ForEach(draft, CheckNoPrincipal)) return problem;
  }
  // 5. to 8. Actions, then resources, then what the actions look like.
  if (Problem problem = ForEach(draft, CheckActionsPresent)) return problem;
  if (kind == Kind::kAny) return std::nullopt;
  if (Problem problem = ForEach(draft, CheckResourceFormat)) return problem;
  if (Problem problem = ForEach(draft, CheckResourcesPresent)) return problem;
  return ForEach(draft, CheckActionVendors);
}

}  // namespace

std::optional<PolicyError> Check(const Draft& draft, Kind kind) {
  if (kind == Kind::kTrust) return CheckTrust(draft);
  if (Problem problem = CheckGeneral(draft, kind)) return problem;
  if (kind == Kind::kServiceControl) return ForEach(draft, CheckServiceControl);
  if (kind == Kind::kResourceControl) return ForEach(draft, CheckResourceControl);
  if (kind != Kind::kResource) return std::nullopt;
  if (Problem problem = ForEach(draft, CheckPrincipalPresent)) return problem;
  return ForEach(draft,
                 [](const StatementDraft& statement) { return CheckPrincipalShapes(statement, Kind::kResource); });
}

}  // namespace claviger::policy

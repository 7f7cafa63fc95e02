#include <optional>

#include "authz/value.h"
#include "base/encoding.h"
#include "gen/policy_actions.h"
#include "lint/glob.h"
#include "lint/rules.h"
#include "policy/date.h"

namespace claviger::lint {
namespace {

constexpr std::size_t kDistanceMax = 4;  // Beyond it a suggestion only puzzles.

// Whether all actions of the service in front of the colon are known.
bool IsOfKnownService(std::string_view lower) {
  const std::string_view service = lower.substr(0, lower.find(':') + 1);
  return !service.empty() && std::ranges::any_of(gen::PolicyActions(), [&](const PolicyAction& action) {
    return action.name.starts_with(service);
  });
}

// ", did you mean `iam:CreateUser`?", if one of `names` is near.
template <class Names, class NameOf>
std::string Suggestion(std::string_view wrong, const Names& names, const NameOf& name_of) {
  std::size_t best = kDistanceMax + 1;
  std::string_view near;
  for (const auto& one : names) {
    const std::string_view name = name_of(one);
    const std::size_t distance = Distance(wrong, name);
    if (distance < best) {
      best = distance;
      near = name;
    }
  }
  return near.empty() ? std::string() : ", did you mean `" + std::string(near) + "`?";
}

bool HasWildcard(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

bool CanBeAbout(const PolicyAction& action, const policy::PatternElement& resource) {
  if (resource.negated) return true;
  return std::ranges::any_of(resource.patterns, [&](const std::string& text) {
    const std::string pattern = VariablesAsRuns(text);
    if (action.arns.empty()) return Covers(pattern, "*");
    return std::ranges::any_of(action.arns, [&](std::string_view arn) { return ArnsMayOverlap(pattern, arn); });
  });
}

std::string KindsOf(const PolicyAction& action) {
  if (action.arns.empty()) return "`*` alone";
  std::string kinds;
  for (const std::string_view arn : action.arns)
    kinds.append(kinds.empty() ? "" : " or ").append("`").append(arn) += '`';
  return kinds;
}

// An action of a known service as a policy names it, perhaps by a pattern.
void ReviewAction(const Review& review, const std::string& text) {
  const std::string lower = AsciiLower(text);
  if (!IsOfKnownService(lower)) return;
  const PolicyAction* matched = nullptr;
  bool possible = !review.statement().resource;
  for (const PolicyAction& action : gen::PolicyActions()) {
    if (!Covers(lower, AsciiLower(action.name))) continue;
    matched = &action;
    possible = possible || CanBeAbout(action, *review.statement().resource);
  }
  if (matched == nullptr) {
    const auto name_of = [](const PolicyAction& action) { return action.name; };
    review.Say("unknown-action", HasWildcard(text) ? "no action is matched by `" + text + "`"
                                                   : "there is no action `" + text + "`" +
                                                         Suggestion(text, gen::PolicyActions(), name_of));
  } else if (!possible && !HasWildcard(text)) {
    review.Say("action-without-resource",
               "`" + text + "` is never about these resources: it is about " + KindsOf(*matched));
  } else if (!possible) {
    review.Say("action-without-resource", "no action that `" + text + "` matches is ever about these resources");
  }
}

void ReviewKey(const Review& review, const std::string& key) {
  const std::string lower = AsciiLower(key);
  if (!IsOfKnownService(lower) && !lower.starts_with("aws:")) return;
  const bool known = std::ranges::any_of(gen::PolicyKeys(), [&](std::string_view name) {
    const std::string known_lower = AsciiLower(name);
    return known_lower.ends_with('/') ? lower.starts_with(known_lower) && lower.size() > known_lower.size()
                                      : lower == known_lower;
  });
  if (known) return;
  review.Say("unknown-key", "there is no condition key `" + key + "`" +
                                Suggestion(key, gen::PolicyKeys(), [](std::string_view name) { return name; }));
}

// What is wrong with a value for the operator; nullptr when nothing is.
const char* Misfit(policy::Comparison comparison, std::string_view value) {
  using enum policy::Comparison;
  switch (comparison) {
    case kNumericEquals:
    case kNumericLess:
    case kNumericLessEquals:
    case kNumericGreater:
    case kNumericGreaterEquals:
      return authz::ParseDecimal(value) ? nullptr : "a number";
    case kBool:
    case kNull:
      return authz::ParseBool(value) ? nullptr : "`true` or `false`";
    case kIpAddress:
      return authz::ParseIpNetwork(value) ? nullptr : "an address or network";
    case kBinaryEquals:
      return Base64Decode(value) ? nullptr : "base64";
    case kArnEquals:
    case kArnLike:
      return value == "*" || std::ranges::count(value, ':') >= 5 ? nullptr : "an ARN";
    default:
      return nullptr;  // Dates the grammar checks; texts are all good.
  }
}

void ReviewValues(const Review& review, const policy::Condition& condition) {
  using enum policy::Comparison;
  const policy::Comparison comparison = condition.op.comparison;
  for (const std::string& value : condition.values) {
    const bool variable =
        review.variables() && policy::TakesVariables(comparison) && value.find("${") != std::string::npos;
    if (variable) continue;
    if (const char* wanted = Misfit(comparison, value)) {
      review.Say("value-of-another-type", policy::ConditionOperatorName(condition.op) + " on " + condition.key +
                                              " compares with " + wanted + ", which `" + value + "` is not");
    }
    if ((comparison == kStringEquals || comparison == kStringEqualsIgnoreCase) && HasWildcard(value)) {
      review.Say("literal-wildcard", policy::ConditionOperatorName(condition.op) + " takes the wildcard in `" + value +
                                         "` literally: StringLike would not");
    }
  }
}

bool HasVariable(const policy::Statement& statement) {
  const auto has = [](const std::string& text) { return text.find("${") != std::string::npos; };
  return (statement.resource && std::ranges::any_of(statement.resource->patterns, has)) ||
         std::ranges::any_of(statement.conditions, [&](const policy::Condition& condition) {
           return policy::TakesVariables(condition.op.comparison) && std::ranges::any_of(condition.values, has);
         });
}

}  // namespace

void ReviewWords(const Review& review) {
  const policy::Statement& statement = review.statement();
  for (const std::string& action : statement.action.patterns) ReviewAction(review, action);
  for (const policy::Condition& condition : statement.conditions) {
    ReviewKey(review, condition.key);
    ReviewValues(review, condition);
  }
  if (!review.variables() && HasVariable(statement)) {
    review.Say("variable-without-version", "variables are literal text unless Version is 2012-10-17");
  }
}

}  // namespace claviger::lint

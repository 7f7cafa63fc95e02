#include "lint/role_boundary.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "lint/glob.h"

namespace claviger::lint {
namespace {

using policy::Comparison;
using policy::Condition;
using policy::Statement;

// What makes roles or gives them more, and has iam:PermissionsBoundary.
constexpr std::array<std::string_view, 4> kBounded = {"iam:AttachRolePolicy", "iam:CreateRole",
                                                      "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"};
constexpr std::string_view kUnbinding = "iam:DeleteRolePermissionsBoundary";

bool Names(const Statement& statement, std::string_view action) {
  const std::string lower = AsciiLower(action);
  const bool named = std::ranges::any_of(
      statement.action.patterns, [&](const std::string& pattern) { return Covers(AsciiLower(pattern), lower); });
  return named != statement.action.negated;
}

// Whether the condition holds only for boundaries that it names.
bool IsBoundary(const Condition& condition) {
  if (!EqualsIgnoreCase(condition.key, "iam:PermissionsBoundary")) return false;
  const Comparison comparison = condition.op.comparison;
  const bool equals = comparison == Comparison::kStringEquals || comparison == Comparison::kStringLike ||
                      comparison == Comparison::kArnEquals || comparison == Comparison::kArnLike;
  if (!equals || condition.op.negated || condition.op.if_exists ||
      condition.op.quantifier == policy::Quantifier::kForAllValues) {
    return false;
  }
  return !condition.values.empty() && std::ranges::all_of(condition.values, [](const std::string& value) {
    return value.starts_with("arn:") && value.find_first_of("*?$") == std::string::npos;
  });
}

}  // namespace

RoleBoundaries RoleBoundariesOf(const policy::Document& document) {
  RoleBoundaries found;
  const auto complain = [&](std::string problem) {
    if (found.problem.empty()) found.problem = std::move(problem);  // The first is enough.
  };
  for (const Statement& statement : document.statements) {
    if (statement.effect == policy::Effect::kDeny) continue;
    if (Names(statement, kUnbinding)) complain(std::string(kUnbinding) + " takes the boundary of a role away");
    const auto bounded =
        std::ranges::find_if(kBounded, [&](std::string_view action) { return Names(statement, action); });
    if (bounded == kBounded.end()) continue;
    const auto boundary = std::ranges::find_if(statement.conditions, IsBoundary);
    if (boundary == statement.conditions.end()) {
      complain(std::string(*bounded) + " must be conditional on iam:PermissionsBoundary being a policy by its ARN");
      continue;
    }
    for (const std::string& arn : boundary->values) {
      if (std::ranges::find(found.arns, arn) == found.arns.end()) found.arns.push_back(arn);
    }
  }
  return found;
}

}  // namespace claviger::lint

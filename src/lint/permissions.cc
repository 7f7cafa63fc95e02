#include <array>

#include "lint/glob.h"
#include "lint/rules.h"

namespace claviger::lint {
namespace {

// Who has one of these on any resource can give itself whatever it lacks.
constexpr std::array<std::string_view, 17> kEscalations = {"iam:AddUserToGroup",
                                                           "iam:AttachGroupPolicy",
                                                           "iam:AttachRolePolicy",
                                                           "iam:AttachUserPolicy",
                                                           "iam:CreateAccessKey",
                                                           "iam:CreateLoginProfile",
                                                           "iam:CreatePolicyVersion",
                                                           "iam:DeleteRolePermissionsBoundary",
                                                           "iam:DeleteUserPermissionsBoundary",
                                                           "iam:PutGroupPolicy",
                                                           "iam:PutRolePermissionsBoundary",
                                                           "iam:PutRolePolicy",
                                                           "iam:PutUserPermissionsBoundary",
                                                           "iam:PutUserPolicy",
                                                           "iam:SetDefaultPolicyVersion",
                                                           "iam:UpdateAssumeRolePolicy",
                                                           "iam:UpdateLoginProfile"};

bool IsRun(std::string_view text) { return !text.empty() && text.find_first_not_of('*') == std::string_view::npos; }

bool AnyIsRun(const policy::PatternElement& element) {
  return !element.negated && std::ranges::any_of(element.patterns, IsRun);
}

bool CoversAction(const policy::Statement& statement, std::string_view action) {
  const std::string lower = AsciiLower(action);
  return !statement.action.negated && std::ranges::any_of(statement.action.patterns, [&](const std::string& pattern) {
    return Covers(AsciiLower(pattern), lower);
  });
}

// Whether the resources take in every one of this type.
bool CoversType(const policy::Statement& statement, std::string_view arn) {
  return statement.resource && !statement.resource->negated &&
         std::ranges::any_of(statement.resource->patterns, [&](const std::string& pattern) {
           if (IsRun(pattern)) return true;
           // Of one account, it is still every one there.
           const std::string_view type = arn.substr(arn.rfind(':') + 1);
           const std::size_t colon = pattern.rfind(':');
           return colon != std::string::npos && Covers(std::string_view(pattern).substr(colon + 1), type);
         });
}

void ReviewEscalations(const Review& review) {
  std::string named;
  for (const std::string_view action : kEscalations) {
    if (!CoversAction(review.statement(), action)) continue;
    named.append(named.empty() ? "" : ", ").append(action);
  }
  if (named.empty()) return;
  review.Say("privilege-escalation",
             "on every resource and without a condition this is enough to become administrator: " + named);
}

}  // namespace

void ReviewPermissions(const Review& review) {
  const policy::Statement& statement = review.statement();
  if (!review.allows()) return;
  const bool control = review.options.use == Use::kServiceControl || review.options.use == Use::kResourceControl;
  const bool any_resource = statement.resource && AnyIsRun(*statement.resource);
  const bool any_action = AnyIsRun(statement.action);
  if (any_action && any_resource && statement.conditions.empty() && !control) {
    review.Say("allow-everything", review.options.use == Use::kBoundary
                                       ? "a boundary of every action on every resource limits nothing"
                                       : "every action on every resource: this is an administrator");
  } else if (!control && any_resource && statement.conditions.empty()) {
    if (CoversAction(statement, "iam:*")) {
      review.Say("allow-all-of-iam", "every action of IAM on every resource: this is as good as an administrator");
    } else {
      ReviewEscalations(review);
    }
  }
  if (statement.action.negated) {
    review.Say("not-action-with-allow", "NotAction allows everything that it does not name, of services to come too");
  }
  if (statement.resource && statement.resource->negated) {
    review.Say("not-resource-with-allow", "NotResource allows every resource that it does not name");
  }
  const bool limited = review.ReadsKey(
      [](std::string_view key) { return key == "iam:passedtoservice" || key == "iam:associatedresourcearn"; });
  if (!any_action && !limited && CoversAction(statement, "iam:PassRole") && CoversType(statement, "role/*")) {
    review.Say("pass-any-role",
               "iam:PassRole on every role hands any role to any service: name the roles, or ask for "
               "iam:PassedToService");
  }
  for (const policy::Condition& condition : statement.conditions) {
    if (condition.op.quantifier == policy::Quantifier::kForAllValues && !condition.op.negated) {
      const std::string lower = AsciiLower(condition.key);
      const bool must_be_there = std::ranges::any_of(statement.conditions, [&](const policy::Condition& other) {
        return other.op.comparison == policy::Comparison::kNull && AsciiLower(other.key) == lower;
      });
      if (must_be_there) continue;
      review.Say("for-all-values-with-allow", "ForAllValues also holds when the request has no `" + condition.key +
                                                  "`: add Null with `false` to ask for it");
    }
  }
}

}  // namespace claviger::lint

#include "ops/iam/shared_issuer.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"

namespace claviger::ops::iam {
namespace {

struct SharedIssuer {
  std::string_view name;
  std::string_view claim;  // That tells its tenants apart.
};

constexpr SharedIssuer kSharedIssuers[] = {{"agent.buildkite.com", "sub"},
                                           {"api.pulumi.com/oidc", "aud"},
                                           {"app.terraform.io", "sub"},
                                           {"cognito-identity.amazonaws.com", "aud"},
                                           {"gitlab.com", "sub"},
                                           {"oidc.codefresh.io", "sub"},
                                           {"oidc.vercel.com", "aud"},
                                           {"scalr.io", "sub"},
                                           {"token.actions.githubusercontent.com", "sub"}};
constexpr std::string_view kProviderType = ":oidc-provider/";

bool Trusts(const policy::Statement& statement, const SharedIssuer& issuer) {
  if (statement.effect != policy::Effect::kAllow || !statement.principal) return false;
  return std::ranges::any_of(statement.principal->principals, [&](const policy::Principal& principal) {
    if (principal.kind != policy::PrincipalKind::kFederated) return false;
    const std::size_t type = principal.value.find(kProviderType);
    const std::string_view name = type == std::string::npos
                                      ? std::string_view(principal.value)
                                      : std::string_view(principal.value).substr(type + kProviderType.size());
    return EqualsIgnoreCase(name, issuer.name);
  });
}

bool IsAboutWebIdentity(const policy::Statement& statement) {
  constexpr std::string_view kAction = "sts:assumerolewithwebidentity";
  return std::ranges::any_of(statement.action.patterns, [&](const std::string& pattern) {
    const std::string lower = AsciiLower(pattern);
    // Trust policies know no wildcards but in these actions, and most of those at the end.
    return lower == kAction || lower.find_first_of("*?") != std::string::npos;
  });
}

// Whether it leaves out some tenants: it demands that the claim be there, and be like a text that is more than
// wildcards.
bool Narrows(const policy::Condition& condition, const std::string& key) {
  using enum policy::Comparison;
  const policy::ConditionOperator& op = condition.op;
  const bool compares =
      op.comparison == kStringEquals || op.comparison == kStringEqualsIgnoreCase || op.comparison == kStringLike;
  if (!compares || op.negated || op.if_exists || !EqualsIgnoreCase(condition.key, key)) return false;
  return !condition.values.empty() && std::ranges::all_of(condition.values, [](const std::string& value) {
    return value.find_first_not_of("*?") != std::string::npos;
  });
}

}  // namespace

Result<> CheckSharedIssuers(const policy::Document& trust_policy) {
  for (const policy::Statement& statement : trust_policy.statements) {
    if (!IsAboutWebIdentity(statement)) continue;
    for (const SharedIssuer& issuer : kSharedIssuers) {
      if (!Trusts(statement, issuer)) continue;
      const std::string key = std::string(issuer.name) + ":" + std::string(issuer.claim);
      const auto narrows = [&](const policy::Condition& condition) { return Narrows(condition, key); };
      if (std::ranges::any_of(statement.conditions, narrows)) continue;
      return Fail(
          ErrorCode::kMalformedPolicyDocument,
          "The trust policy must evaluate " + key +
              " by a condition other than a wildcard, because the identity provider is shared by many tenants.");
    }
  }
  return {};
}

}  // namespace claviger::ops::iam

#include "directory/principal_policies.h"

#include <utility>

#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// What a password policy may grant to all users of its account. Nobody can change any password this way but the own.
constexpr char kMayChangePassword[] = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",)"
                                      R"("Action":["iam:ChangePassword","iam:GetAccountPasswordPolicy"]}]})";

Failure<Error> NoSuchPrincipal() { return Fail(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity."); }

// Adds what `entity` itself has, its groups aside.
Result<> AppendOwn(Directory& directory, const Entity& entity, const Holdings& holdings,
                   std::vector<PolicyText>& policies) {
  for (const InlinePolicyInfo& info : holdings.inline_policies) {
    auto document = TRY(directory.holdings.FindInline(entity.id, info.name));
    if (!document) return Corrupt(keyspace::Holdings(directory.context.account, entity.id));
    std::string policy_id(KindName(entity.kind));
    policy_id.append("_").append(entity.name).append("_").append(info.name);
    policies.push_back(
        {.id = std::move(policy_id), .name = info.name, .arn = {}, .entity = entity, .document = std::move(*document)});
  }
  for (const std::string& policy_id : holdings.attached) {
    policies.push_back(TRY(LoadManagedPolicy(directory, policy_id)));
  }
  return {};
}

Result<std::optional<PolicyText>> LoadBoundary(Directory& directory, std::string_view policy_id) {
  if (policy_id.empty()) return std::optional<PolicyText>();
  return std::optional(TRY(LoadManagedPolicy(directory, policy_id)));
}

Result<PrincipalPolicies> LoadUserPolicies(Directory& directory, std::string_view unique_id) {
  const auto user = TRY(directory.users.FindById(unique_id));
  if (!user) return NoSuchPrincipal();
  PrincipalPolicies policies;
  const Holdings holdings = TRY(directory.holdings.Get(user->id));
  TRY(AppendOwn(directory, {EntityKind::kUser, user->id, user->name}, holdings, policies.identity));
  for (const std::string& group_id : holdings.groups) {
    const auto group = TRY(directory.groups.FindById(group_id));
    if (!group) return Corrupt(keyspace::Holdings(directory.context.account, user->id));
    const Holdings group_holdings = TRY(directory.holdings.Get(group->id));
    TRY(AppendOwn(directory, {EntityKind::kGroup, group->id, group->name}, group_holdings, policies.identity));
  }
  const auto password_policy = TRY(FindPasswordPolicy(directory.context));
  if (password_policy && password_policy->users_may_change) {
    policies.identity.push_back({.id = "account_password_policy", .arn = {}, .document = kMayChangePassword});
  }
  policies.boundary = TRY(LoadBoundary(directory, user->boundary));
  return policies;
}

Result<PrincipalPolicies> LoadRolePolicies(Directory& directory, std::string_view unique_id) {
  const auto role = TRY(directory.roles.FindById(unique_id));
  if (!role) return NoSuchPrincipal();
  PrincipalPolicies policies;
  const Holdings holdings = TRY(directory.holdings.Get(role->id));
  TRY(AppendOwn(directory, {EntityKind::kRole, role->id, role->name}, holdings, policies.identity));
  policies.boundary = TRY(LoadBoundary(directory, role->boundary));
  return policies;
}

// Whom root federates may whatever the session policies let them.
PrincipalPolicies PoliciesOfRoot() {
  PrincipalPolicies policies;
  policies.identity.push_back(
      {.id = "root",
       .arn = {},
       .document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})"});
  return policies;
}

}  // namespace

Result<PrincipalPolicies> LoadPrincipalPolicies(Directory& directory, PrincipalType type, std::string_view unique_id) {
  switch (type) {
    case PrincipalType::kRoot:
      return PrincipalPolicies();
    case PrincipalType::kFederatedUser:
      if (unique_id == directory.context.account.ToString()) return PoliciesOfRoot();
      return LoadUserPolicies(directory, unique_id);
    case PrincipalType::kUser:
      return LoadUserPolicies(directory, unique_id);
    case PrincipalType::kAssumedRole:
      return LoadRolePolicies(directory, unique_id);
    case PrincipalType::kOutsider:
      return PrincipalPolicies();
  }
  return NoSuchPrincipal();
}

Result<PrincipalPolicies> LoadGroupPolicies(Directory& directory, const Group& group) {
  PrincipalPolicies policies;
  const Holdings holdings = TRY(directory.holdings.Get(group.id));
  TRY(AppendOwn(directory, {EntityKind::kGroup, group.id, group.name}, holdings, policies.identity));
  return policies;
}

Result<PolicyText> LoadManagedPolicy(Directory& directory, std::string_view policy_id) {
  const auto policy = TRY(directory.policies.FindAnyById(policy_id));
  if (!policy) {
    return Fail(ErrorCode::kInternalFailure,
                "The managed policy `" + std::string(policy_id) +
                    "` is in use but missing: is the catalogue of AWS's policies complete?");
  }
  auto version = TRY(directory.policies.DefaultVersion(*policy));
  return PolicyText{.id = policy->name,
                    .name = policy->name,
                    .arn = directory.policies.ArnOf(*policy),
                    .entity = std::nullopt,
                    .document = std::move(version.document)};
}

}  // namespace claviger::directory

#include "ops/iam/policy_source.h"

#include <optional>
#include <utility>

#include "aws/arn.h"

namespace claviger::ops::iam {
namespace {

using directory::EntityKind;

Failure<Error> NoSuchEntity() { return Fail(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity."); }

// Whether what a name led to is really what the ARN names.
template <class T>
bool IsNamedBy(std::string_view arn, AccountId account, EntityKind kind, const std::optional<T>& found) {
  return found && IamArn(account, directory::KindName(kind), found->path, found->name) == arn;
}

}  // namespace

Failure<Error> InvalidArn(const std::string& arn) {
  return Fail(ErrorCode::kInvalidInput, "Invalid ARN provided in the request: " + arn);
}

Result<PolicyHolder> GetPolicyHolder(OperationContext& context, const std::string& arn) {
  const auto parsed = Arn::Parse(arn);
  const auto is = [&](std::string_view type) { return parsed->resource.starts_with(type); };
  if (!parsed || parsed->service != "iam" || !(is("user/") || is("group/") || is("role/"))) return InvalidArn(arn);
  const AccountId account = context.account();
  if (parsed->account != account.ToString()) return NoSuchEntity();
  directory::Directory& directory = context.directory;
  const std::string name = arn.substr(arn.rfind('/') + 1);
  if (is("user/")) {
    auto user = TRY(directory.users.Find(name));
    if (!IsNamedBy(arn, account, EntityKind::kUser, user)) return NoSuchEntity();
    auto policies = TRY(directory::LoadPrincipalPolicies(directory, PrincipalType::kUser, user->id));
    return PolicyHolder{.entity = {EntityKind::kUser, std::move(user->id), std::move(user->name)},
                        .tags = std::move(user->tags),
                        .policies = std::move(policies)};
  }
  if (is("role/")) {
    auto role = TRY(directory.roles.Find(name));
    if (!IsNamedBy(arn, account, EntityKind::kRole, role)) return NoSuchEntity();
    auto policies = TRY(directory::LoadPrincipalPolicies(directory, PrincipalType::kAssumedRole, role->id));
    return PolicyHolder{.entity = {EntityKind::kRole, std::move(role->id), std::move(role->name)},
                        .tags = std::move(role->tags),
                        .policies = std::move(policies)};
  }
  auto group = TRY(directory.groups.Find(name));
  if (!IsNamedBy(arn, account, EntityKind::kGroup, group)) return NoSuchEntity();
  auto policies = TRY(directory::LoadGroupPolicies(directory, *group));
  return PolicyHolder{.entity = {EntityKind::kGroup, std::move(group->id), std::move(group->name)},
                      .tags = {},
                      .policies = std::move(policies)};
}

}  // namespace claviger::ops::iam

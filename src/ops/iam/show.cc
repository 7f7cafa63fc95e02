#include "ops/iam/show.h"

#include <algorithm>
#include <chrono>

#include "aws/arn.h"
#include "base/encoding.h"
#include "directory/principal_policies.h"
#include "directory/trust_policy.h"

namespace claviger::ops::iam {
namespace {

// A use further back is forgotten ("RoleLastUsed" in the IAM API reference).
constexpr std::chrono::days kTrackedUse{400};

}  // namespace

gen::iam::User ToApi(AccountId account, const directory::User& user) {
  return {.path = user.path,
          .user_name = user.name,
          .user_id = user.id,
          .arn = IamArn(account, "user", user.path, user.name),
          .create_date = user.created};
}

Result<gen::iam::User> ShowUser(OperationContext& context, const directory::User& user) {
  gen::iam::User api = ToApi(context.account(), user);
  api.password_last_used = TRY(context.directory.login_profiles.FindLastUse(user.id));
  api.tags = TagsUnlessEmpty(user.tags);
  api.permissions_boundary = TRY(BoundaryToApi(context, user.boundary));
  return api;
}

Result<gen::iam::User> ShowRoot(OperationContext& context) {
  const auto account = TRY(directory::FindAccount(context.directory.context.transaction, context.account()));
  return gen::iam::User{.user_id = context.account().ToString(),
                        .arn = RootArn(context.account()),
                        .create_date = account ? account->created : TimePoint(),
                        .password_last_used = TRY(context.directory.login_profiles.FindLastUse(directory::kRootOwner))};
}

gen::iam::Group ToApi(AccountId account, const directory::Group& group) {
  return {.path = group.path,
          .group_name = group.name,
          .group_id = group.id,
          .arn = IamArn(account, "group", group.path, group.name),
          .create_date = group.created};
}

gen::iam::Role ToApi(AccountId account, const directory::Role& role, std::string_view trust_policy) {
  return {.path = role.path,
          .role_name = role.name,
          .role_id = role.id,
          .arn = IamArn(account, "role", role.path, role.name),
          .create_date = role.created,
          .assume_role_policy_document = EncodedDocument(trust_policy)};
}

Result<gen::iam::Role> ToApi(OperationContext& context, const directory::Role& role) {
  const std::string trust_policy = TRY(directory::ToShownTrustPolicy(context.directory.context, role.trust_policy));
  return ToApi(context.account(), role, trust_policy);
}

Result<gen::iam::InstanceProfile> ToApi(OperationContext& context, const directory::InstanceProfile& profile) {
  gen::iam::InstanceProfile api{.path = profile.path,
                                .instance_profile_name = profile.name,
                                .instance_profile_id = profile.id,
                                .arn = IamArn(context.account(), "instance-profile", profile.path, profile.name),
                                .create_date = profile.created};
  if (profile.role.empty()) return api;
  const auto role = TRY(context.directory.roles.FindById(profile.role));
  if (!role) return Fail(ErrorCode::kInternalFailure, "The role of an instance profile is no longer known.");
  api.roles.push_back(TRY(ToApi(context, *role)));
  return api;
}

Result<PolicyUseCounts> CountUses(OperationContext& context, const directory::Policy& policy) {
  using directory::PolicyUse;
  return PolicyUseCounts{.attached = TRY(context.directory.holdings.CountUsers(policy.id, PolicyUse::kAttached)),
                         .boundary = TRY(context.directory.holdings.CountUsers(policy.id, PolicyUse::kBoundary))};
}

gen::iam::Policy ToApi(const OperationContext& context, const directory::Policy& policy,
                       const PolicyUseCounts& counts) {
  return {.policy_name = policy.name,
          .policy_id = policy.id,
          .arn = context.directory.policies.ArnOf(policy),
          .path = policy.path,
          .default_version_id = directory::VersionName(policy.default_version),
          .attachment_count = static_cast<std::int32_t>(counts.attached),
          .permissions_boundary_usage_count = static_cast<std::int32_t>(counts.boundary),
          .is_attachable = true,
          .create_date = policy.created,
          .update_date = policy.updated};
}

gen::iam::PolicyVersion ToApi(const directory::Policy& policy, const directory::PolicyVersion& version) {
  return {.version_id = directory::VersionName(version.number),
          .is_default_version = version.number == policy.default_version,
          .create_date = version.created};
}

Result<gen::iam::RoleLastUsed> LastUsed(OperationContext& context, const directory::Role& role) {
  const auto use = TRY(context.directory.roles.FindUse(role.id));
  if (!use || context.now - use->time > kTrackedUse) return gen::iam::RoleLastUsed{};
  return gen::iam::RoleLastUsed{.last_used_date = use->time, .region = use->region};
}

std::optional<std::vector<gen::iam::Tag>> TagsUnlessEmpty(const std::vector<Tag>& tags) {
  if (tags.empty()) return std::nullopt;
  return ToApi(tags);
}

std::vector<gen::iam::Tag> ToApi(const std::vector<Tag>& tags) {
  std::vector<gen::iam::Tag> api;
  api.reserve(tags.size());
  for (const Tag& tag : tags) api.push_back({.key = tag.key, .value = tag.value});
  return api;
}

std::vector<gen::iam::Tag> SortedTags(std::vector<Tag> tags) {
  std::ranges::sort(tags, {}, &Tag::key);
  return ToApi(tags);
}

std::string EncodedDocument(std::string_view document) { return PercentEncode(document); }

Result<std::optional<gen::iam::AttachedPermissionsBoundary>> BoundaryToApi(OperationContext& context,
                                                                           std::string_view policy_id) {
  if (policy_id.empty()) return std::optional<gen::iam::AttachedPermissionsBoundary>();
  const auto policy = TRY(context.directory.policies.FindAnyById(policy_id));
  if (!policy) return Fail(ErrorCode::kInternalFailure, "The permissions boundary is no longer known.");
  // The model's only value is another one: `Policy` is what the live service writes.
  return std::optional(gen::iam::AttachedPermissionsBoundary{
      .permissions_boundary_type = "Policy", .permissions_boundary_arn = context.directory.policies.ArnOf(*policy)});
}

}  // namespace claviger::ops::iam

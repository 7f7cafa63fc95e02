#include "ops/iam/show.h"

#include <algorithm>

#include "aws/arn.h"
#include "base/encoding.h"
#include "directory/principal_policies.h"

namespace claviger::ops::iam {

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

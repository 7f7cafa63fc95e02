#include "ops/iam/authorization_details.h"

#include <algorithm>
#include <array>

#include "aws/arn.h"
#include "gen/iam/operations.h"
#include "ops/iam/show.h"
#include "ops/paging.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

Failure<Error> Lost(std::string_view what) {
  return Fail(ErrorCode::kInternalFailure, "A " + std::string(what) + " of an entity is no longer known.");
}

Result<std::vector<PolicyDetail>> InlinePolicies(OperationContext& context, std::string_view entity_id,
                                                 const directory::Holdings& holdings) {
  std::vector<PolicyDetail> details;
  for (const directory::InlinePolicyInfo& info : holdings.inline_policies) {
    const auto document = TRY(context.directory.holdings.FindInline(entity_id, info.name));
    if (!document) return Lost("policy");
    details.push_back({.policy_name = info.name, .policy_document = EncodedDocument(*document)});
  }
  return details;
}

Result<std::vector<AttachedPolicy>> AttachedPolicies(OperationContext& context, const directory::Holdings& holdings) {
  std::vector<AttachedPolicy> attached;
  for (const std::string& id : holdings.attached) {
    const auto policy = TRY(context.directory.policies.FindAnyById(id));
    if (!policy) return Lost("policy");
    attached.push_back({.policy_name = policy->name, .policy_arn = context.directory.policies.ArnOf(*policy)});
  }
  return attached;
}

Result<UserDetail> Detail(OperationContext& context, const directory::User& user) {
  const directory::Holdings holdings = TRY(context.directory.holdings.Get(user.id));
  UserDetail detail{.path = user.path,
                    .user_name = user.name,
                    .user_id = user.id,
                    .arn = IamArn(context.account(), "user", user.path, user.name),
                    .create_date = user.created,
                    .group_list = std::vector<std::string>(),
                    .attached_managed_policies = TRY(AttachedPolicies(context, holdings)),
                    .permissions_boundary = TRY(BoundaryToApi(context, user.boundary)),
                    .tags = ToApi(user.tags)};
  if (!holdings.inline_policies.empty()) detail.user_policy_list = TRY(InlinePolicies(context, user.id, holdings));
  for (const std::string& id : holdings.groups) {
    const auto group = TRY(context.directory.groups.FindById(id));
    if (!group) return Lost("group");
    detail.group_list->push_back(group->name);
  }
  return detail;
}

Result<GroupDetail> Detail(OperationContext& context, const directory::Group& group) {
  const directory::Holdings holdings = TRY(context.directory.holdings.Get(group.id));
  return GroupDetail{.path = group.path,
                     .group_name = group.name,
                     .group_id = group.id,
                     .arn = IamArn(context.account(), "group", group.path, group.name),
                     .create_date = group.created,
                     .group_policy_list = TRY(InlinePolicies(context, group.id, holdings)),
                     .attached_managed_policies = TRY(AttachedPolicies(context, holdings))};
}

Result<RoleDetail> Detail(OperationContext& context, const directory::Role& role) {
  const directory::Holdings holdings = TRY(context.directory.holdings.Get(role.id));
  gen::iam::Role api = TRY(ToApi(context, role));
  RoleDetail detail{.path = api.path,
                    .role_name = api.role_name,
                    .role_id = api.role_id,
                    .arn = api.arn,
                    .create_date = api.create_date,
                    .assume_role_policy_document = api.assume_role_policy_document,
                    .instance_profile_list = std::vector<gen::iam::InstanceProfile>(),
                    .role_policy_list = TRY(InlinePolicies(context, role.id, holdings)),
                    .attached_managed_policies = TRY(AttachedPolicies(context, holdings)),
                    .permissions_boundary = TRY(BoundaryToApi(context, role.boundary)),
                    .tags = ToApi(role.tags),
                    .role_last_used = TRY(LastUsed(context, role))};
  for (const auto& profile : TRY(context.directory.instance_profiles.ListOf(role.id))) {
    detail.instance_profile_list->push_back(TRY(ToApi(context, profile)));
  }
  return detail;
}

Result<ManagedPolicyDetail> Detail(OperationContext& context, const directory::Policy& policy) {
  const gen::iam::Policy api = ToApi(context, policy, TRY(CountUses(context, policy)));
  ManagedPolicyDetail detail{.policy_name = api.policy_name,
                             .policy_id = api.policy_id,
                             .arn = api.arn,
                             .path = api.path,
                             .default_version_id = api.default_version_id,
                             .attachment_count = api.attachment_count,
                             .permissions_boundary_usage_count = api.permissions_boundary_usage_count,
                             .is_attachable = api.is_attachable,
                             .create_date = api.create_date,
                             .update_date = api.update_date,
                             .policy_version_list = std::vector<gen::iam::PolicyVersion>()};
  for (const directory::PolicyVersion& version : TRY(context.directory.policies.ListVersions(policy))) {
    gen::iam::PolicyVersion& shown = detail.policy_version_list->emplace_back(ToApi(policy, version));
    shown.document = EncodedDocument(version.document);
  }
  return detail;
}

// The union that is listed: one kind after the other, each in the order of its names. A marker is the letter of a kind
// and the last name shown of it.
struct Section {
  char letter;
  std::string_view filter;  // As requests name it.
};
constexpr std::array<Section, 5> kSections = {{{'u', entity_type::kUser},
                                               {'g', entity_type::kGroup},
                                               {'r', entity_type::kRole},
                                               {'l', entity_type::kLocalManagedPolicy},
                                               {'a', entity_type::kAWSManagedPolicy}}};

// What a section still has to show: from behind a name on, and at most so many.
struct Rest {
  std::string after;
  std::size_t count_max;
};

// The name of the last one appended when there are more; nullopt at the section's end.
using More = std::optional<std::string>;

template <class Named, class Details>
Result<More> Append(OperationContext& context, Named& named, const Rest& rest, Details& details) {
  const auto page = TRY(named.List("/", rest.after, rest.count_max));
  for (const auto& item : page.items) details.push_back(TRY(Detail(context, item)));
  if (!page.truncated) return More();
  return More(page.items.empty() ? rest.after : page.items.back().name);
}

// Of AWS's policies those that somebody here has.
Result<More> AppendAws(OperationContext& context, const Rest& rest, std::vector<ManagedPolicyDetail>& details) {
  std::string last = rest.after;
  std::size_t left = rest.count_max;
  const auto all = context.directory.context.catalogue.policies();
  for (auto next = std::ranges::upper_bound(all, rest.after, {}, &AwsManagedPolicy::arn); next != all.end(); ++next) {
    if (!TRY(context.directory.holdings.IsUsed(next->id))) continue;
    if (left-- == 0) return More(last);
    details.push_back(TRY(Detail(context, directory::FromCatalogue(*next))));
    last = next->arn;
  }
  return More();
}

Result<More> AppendSection(OperationContext& context, char letter, const Rest& rest,
                           GetAccountAuthorizationDetailsResponse& response) {
  switch (letter) {
    case 'u':
      return Append(context, context.directory.users, rest, *response.user_detail_list);
    case 'g':
      return Append(context, context.directory.groups, rest, *response.group_detail_list);
    case 'r':
      return Append(context, context.directory.roles, rest, *response.role_detail_list);
    case 'l':
      return Append(context, context.directory.policies, rest, *response.policies);
    default:
      return AppendAws(context, rest, *response.policies);
  }
}

std::size_t CountOf(const GetAccountAuthorizationDetailsResponse& response) {
  return response.user_detail_list->size() + response.group_detail_list->size() + response.role_detail_list->size() +
         response.policies->size();
}

Result<GetAccountAuthorizationDetailsResponse> GetAccountAuthorizationDetails(
    OperationContext& context, const GetAccountAuthorizationDetailsRequest& request) {
  constexpr std::string_view kName = "GetAccountAuthorizationDetails";
  const std::string position = TRY(OpenMarker(context, kName, request.marker));
  GetAccountAuthorizationDetailsResponse response;
  response.user_detail_list.emplace();
  response.group_detail_list.emplace();
  response.role_detail_list.emplace();
  response.policies.emplace();
  response.is_truncated = false;
  bool begun = position.empty();
  for (const auto& [letter, filter] : kSections) {
    const bool resumed = !begun && position.front() == letter;
    begun = begun || resumed;
    const bool wanted = !request.filter || request.filter->empty() ||
                        std::ranges::find(*request.filter, filter) != request.filter->end();
    if (!begun || !wanted) continue;
    const Rest rest{.after = resumed ? position.substr(1) : std::string(),
                    .count_max = PageItems(request.max_items) - CountOf(response)};
    const More more = TRY(AppendSection(context, letter, rest, response));
    if (!more) continue;
    response.is_truncated = true;
    response.marker = MakeMarker(context, kName, letter + *more);
    break;
  }
  return response;
}

}  // namespace

void RegisterAuthorizationDetailsOperations(Operations& operations) {
  operations.Add<api::GetAccountAuthorizationDetails>(GetAccountAuthorizationDetails);
}

}  // namespace claviger::ops::iam

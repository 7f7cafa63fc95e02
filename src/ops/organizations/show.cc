#include "ops/organizations/show.h"

#include <algorithm>

namespace claviger::ops::organizations {
namespace {

using namespace gen::organizations;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

constexpr std::string_view kRootName = "Root";

std::vector<PolicyTypeSummary> EnabledTypes(const directory::Organization& organization) {
  std::vector<PolicyTypeSummary> types;
  for (const directory::ControlPolicyType type : organization.enabled_types) {
    types.push_back({.type = std::string(TypeText(type)), .status = std::string(policy_type_status::kEnabled)});
  }
  return types;
}

// "o-a/r-b/ou-b-c/".
Result<std::string> PathText(Scope& scope, std::string_view parent) {
  std::string path = scope.organization.id + "/";
  for (const std::string& step : TRY(GetPathTo(scope, parent))) path += step + "/";
  return path;
}

}  // namespace

std::string ArnOf(const Scope& scope, std::string_view type, std::string_view id) {
  std::string arn = "arn:aws:organizations::";
  arn += scope.management().ToString();
  arn += ':';
  arn += type;
  arn += '/';
  arn += scope.organization.id;
  if (!id.empty()) arn += '/';
  arn += id;
  return arn;
}

std::string_view TypeText(directory::ControlPolicyType type) {
  return type == directory::ControlPolicyType::kServiceControl ? policy_type::kServiceControlPolicy
                                                               : policy_type::kResourceControlPolicy;
}

std::optional<directory::ControlPolicyType> ParseType(std::string_view text) {
  if (text == policy_type::kServiceControlPolicy) return directory::ControlPolicyType::kServiceControl;
  if (text == policy_type::kResourceControlPolicy) return directory::ControlPolicyType::kResourceControl;
  return std::nullopt;
}

Result<Organization> ShowOrganization(Scope& scope) {
  const std::string management = scope.management().ToString();
  const directory::MemberAccount account = TRY(GetAccount(scope, management));
  const bool all = scope.organization.feature_set == directory::FeatureSet::kAll;
  Organization shown{
      .id = scope.organization.id,
      .arn = ArnOf(scope, "organization", ""),
      .feature_set = std::string(all ? organization_feature_set::kAll : organization_feature_set::kConsolidatedBilling),
      .master_account_arn = ArnOf(scope, "account", management),
      .master_account_id = management,
      .master_account_email = account.email};
  // Not what is enabled, but what every organization with all features can enable; kept for old clients.
  auto& types = shown.available_policy_types.emplace();
  if (all) {
    types.push_back(
        {.type = std::string(policy_type::kServiceControlPolicy), .status = std::string(policy_type_status::kEnabled)});
  }
  return shown;
}

Root ShowRoot(const Scope& scope) {
  return {.id = scope.organization.root_id,
          .arn = ArnOf(scope, "root", scope.organization.root_id),
          .name = std::string(kRootName),
          .policy_types = EnabledTypes(scope.organization)};
}

Result<OrganizationalUnit> Show(Scope& scope, const directory::OrganizationalUnit& unit) {
  return OrganizationalUnit{.id = unit.id,
                            .arn = ArnOf(scope, "ou", unit.id),
                            .name = unit.name,
                            .path = TRY(PathText(scope, unit.parent)) + unit.id + "/"};
}

Result<Account> Show(Scope& scope, const directory::MemberAccount& account) {
  const bool active = account.status == directory::MemberStatus::kActive;
  const bool created = account.joined_method == directory::JoinedMethod::kCreated;
  return Account{
      .id = account.id,
      .arn = ArnOf(scope, "account", account.id),
      .email = account.email,
      .name = account.name,
      .status = std::string(active ? account_status::kActive : account_status::kSuspended),
      .state = std::string(active ? account_state::kActive : account_state::kClosed),
      .paths = std::vector<std::string>{TRY(PathText(scope, account.parent)) + account.id + "/"},
      .joined_method = std::string(created ? account_joined_method::kCreated : account_joined_method::kInvited),
      .joined_timestamp = account.joined};
}

PolicySummary Summary(const Scope& scope, const directory::ControlPolicy& policy) {
  return {.id = policy.id,
          .arn = directory::ArnOf(scope.organization, scope.management(), policy),
          .name = policy.name,
          .description = policy.description,
          .type = std::string(TypeText(policy.type)),
          .aws_managed = policy.aws_managed};
}

Policy Show(const Scope& scope, const directory::ControlPolicy& policy) {
  return {.policy_summary = Summary(scope, policy), .content = policy.content};
}

CreateAccountStatus Show(const directory::AccountCreation& creation) {
  CreateAccountStatus shown{.id = creation.id,
                            .account_name = creation.account_name,
                            .state = std::string(create_account_state::kSucceeded),
                            .requested_timestamp = creation.requested,
                            .completed_timestamp = creation.completed};
  if (creation.state == directory::CreationState::kFailed) {
    shown.state = std::string(create_account_state::kFailed);
    shown.failure_reason = creation.failure;
  } else {
    shown.account_id = creation.account;
  }
  return shown;
}

}  // namespace claviger::ops::organizations

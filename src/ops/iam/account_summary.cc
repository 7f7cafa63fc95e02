#include "ops/iam/account_summary.h"

#include <algorithm>
#include <limits>

#include "directory/counter.h"
#include "gen/iam/operations.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of this room.

class Summary {
 public:
  explicit Summary(const OperationContext& context) : context_(context.directory.context) {}

  void Set(std::string_view name, std::uint64_t value) {
    map_.insert_or_assign(std::string(name), static_cast<std::int32_t>(std::min<std::uint64_t>(
                                                 value, std::numeric_limits<std::int32_t>::max())));
  }
  // The value of the counter `what`.
  Result<> Count(std::string_view name, std::string_view what) {
    Set(name, TRY(directory::CountOf(context_, what)));
    return {};
  }
  std::map<std::string, std::int32_t> Take() { return std::move(map_); }

 private:
  const directory::Context& context_;
  std::map<std::string, std::int32_t> map_;
};

void SetQuotas(const directory::Quotas& quotas, Summary& summary) {
  summary.Set("UsersQuota", quotas.users_per_account);
  summary.Set("GroupsQuota", quotas.groups_per_account);
  summary.Set("RolesQuota", quotas.roles_per_account);
  summary.Set("PoliciesQuota", quotas.policies_per_account);
  summary.Set("InstanceProfilesQuota", quotas.instance_profiles_per_account);
  summary.Set("PolicyVersionsInUseQuota", quotas.policy_versions_per_account);
  summary.Set("GroupsPerUserQuota", quotas.groups_per_user);
  summary.Set("AccessKeysPerUserQuota", quotas.access_keys_per_user);
  summary.Set("AttachedPoliciesPerUserQuota", quotas.policies_per_user);
  summary.Set("AttachedPoliciesPerGroupQuota", quotas.policies_per_group);
  summary.Set("AttachedPoliciesPerRoleQuota", quotas.policies_per_role);
  summary.Set("VersionsPerPolicyQuota", quotas.versions_per_policy);
  summary.Set("PolicySizeQuota", quotas.managed_policy_characters);
  summary.Set("AssumeRolePolicySizeQuota", quotas.trust_policy_characters);
  summary.Set("UserPolicySizeQuota", quotas.user_inline_characters);
  summary.Set("GroupPolicySizeQuota", quotas.group_inline_characters);
  summary.Set("RolePolicySizeQuota", quotas.role_inline_characters);
  summary.Set("ServerCertificatesQuota", quotas.server_certificates_per_account);
  summary.Set("SigningCertificatesPerUserQuota", quotas.signing_certificates_per_user);
}

Result<> CountAll(OperationContext& context, Summary& summary) {
  TRY(summary.Count("Users", "users"));
  TRY(summary.Count("Groups", "groups"));
  TRY(summary.Count("Roles", "roles"));
  TRY(summary.Count("Policies", "policies"));
  TRY(summary.Count("PolicyVersionsInUse", "policy-versions"));
  TRY(summary.Count("InstanceProfiles", "instance-profiles"));
  TRY(summary.Count("ServerCertificates", "server-certificates"));
  const directory::Context& directory = context.directory.context;
  summary.Set("Providers", TRY(directory::CountOf(directory, "oidc-providers")) +
                               TRY(directory::CountOf(directory, "saml-providers")));
  summary.Set("MFADevices", TRY(context.directory.mfa_devices.Count()));
  summary.Set("MFADevicesInUse", TRY(context.directory.mfa_devices.CountInUse()));
  return {};
}

// What the root user has: 1 or 0.
Result<> SetRoot(OperationContext& context, Summary& summary) {
  const bool has_keys = !TRY(context.directory.access_keys.IdsOf(directory::kRootOwner)).empty();
  summary.Set("AccountAccessKeysPresent", has_keys ? 1 : 0);
  const bool has_mfa = !TRY(context.directory.mfa_devices.IdsOf(directory::kRootOwner)).empty();
  summary.Set("AccountMFAEnabled", has_mfa ? 1 : 0);
  const bool has_password = TRY(context.directory.login_profiles.Exists(directory::kRootOwner));
  summary.Set("AccountPasswordPresent", has_password ? 1 : 0);
  const bool has_certificates = !TRY(context.directory.signing_certificates.IdsOf(directory::kRootOwner)).empty();
  summary.Set("AccountSigningCertificatesPresent", has_certificates ? 1 : 0);
  return {};
}

Result<GetAccountSummaryResponse> GetAccountSummary(OperationContext& context, const GetAccountSummaryRequest&) {
  Summary summary(context);
  SetQuotas(context.directory.context.quotas, summary);
  TRY(CountAll(context, summary));
  TRY(SetRoot(context, summary));
  summary.Set("GlobalEndpointTokenVersion", TRY(context.directory.preferences.Get()).token_version);
  return GetAccountSummaryResponse{.summary_map = summary.Take()};
}

}  // namespace

void RegisterAccountSummaryOperations(Operations& operations) {
  operations.Add<api::GetAccountSummary>(GetAccountSummary);
}

}  // namespace claviger::ops::iam

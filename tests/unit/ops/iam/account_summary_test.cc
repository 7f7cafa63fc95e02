#include "ops/iam/account_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/account_preferences.h"
#include "ops/iam/group.h"
#include "ops/iam/instance_profile.h"
#include "ops/iam/managed_policy.h"
#include "ops/iam/role.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using Map = std::map<std::string, std::int32_t>;

class AccountSummary : public testing::Test {
 protected:
  Map Get() {
    const auto response = service.Call<api::GetAccountSummary>({});
    EXPECT_THAT(response, Succeeds());
    return *response->summary_map;
  }

  Service service{RegisterAccountSummaryOperations, RegisterAccountPreferenceOperations,
                  RegisterUserOperations,           RegisterGroupOperations,
                  RegisterRoleOperations,           RegisterManagedPolicyOperations,
                  RegisterInstanceProfileOperations};
};

TEST_F(AccountSummary, OfANewAccountHasAwsQuotasAndNothingElse) {
  const Map expected = {{"AccessKeysPerUserQuota", 2},
                        {"AccountAccessKeysPresent", 0},
                        {"AccountMFAEnabled", 0},
                        {"AccountPasswordPresent", 0},
                        {"AccountSigningCertificatesPresent", 0},
                        {"AssumeRolePolicySizeQuota", 2048},
                        {"AttachedPoliciesPerGroupQuota", 10},
                        {"AttachedPoliciesPerRoleQuota", 10},
                        {"AttachedPoliciesPerUserQuota", 10},
                        {"GlobalEndpointTokenVersion", 1},
                        {"GroupPolicySizeQuota", 5120},
                        {"Groups", 0},
                        {"GroupsPerUserQuota", 10},
                        {"GroupsQuota", 300},
                        {"InstanceProfiles", 0},
                        {"InstanceProfilesQuota", 1000},
                        {"MFADevices", 0},
                        {"MFADevicesInUse", 0},
                        {"Policies", 0},
                        {"PoliciesQuota", 1500},
                        {"PolicySizeQuota", 6144},
                        {"PolicyVersionsInUse", 0},
                        {"PolicyVersionsInUseQuota", 10000},
                        {"Providers", 0},
                        {"RolePolicySizeQuota", 10240},
                        {"Roles", 0},
                        {"RolesQuota", 1000},
                        {"ServerCertificates", 0},
                        {"ServerCertificatesQuota", 20},
                        {"SigningCertificatesPerUserQuota", 2},
                        {"UserPolicySizeQuota", 2048},
                        {"Users", 0},
                        {"UsersQuota", 5000},
                        {"VersionsPerPolicyQuota", 5}};
  EXPECT_EQ(Get(), expected);
}

TEST_F(AccountSummary, CountsEachThingOnce) {
  ASSERT_THAT(service.Call<api::CreateUser>({.path = {}, .user_name = "u"}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateGroup>({.path = {}, .group_name = "g"}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateRole>({.role_name = "r", .assume_role_policy_document = kTrustEc2}), Succeeds());
  ASSERT_THAT(service.Call<api::CreatePolicy>({.policy_name = "p", .path = {}, .policy_document = kAllowAll}),
              Succeeds());
  ASSERT_THAT(service.Call<api::CreateInstanceProfile>({.instance_profile_name = "i"}), Succeeds());
  ASSERT_THAT(service.Call<api::SetSecurityTokenServicePreferences>({.global_endpoint_token_version = "v2Token"}),
              Succeeds());
  Map summary = Get();
  for (const char* name : {"Users", "Groups", "Roles", "Policies", "PolicyVersionsInUse", "InstanceProfiles"}) {
    EXPECT_EQ(summary[name], 1) << name;
  }
  EXPECT_EQ(summary["GlobalEndpointTokenVersion"], 2);
  ASSERT_THAT(service.Call<api::DeleteUser>({.user_name = "u"}), Succeeds());
  EXPECT_EQ(Get()["Users"], 0);
}

TEST_F(AccountSummary, ShowsTheQuotasOfTheInstallation) {
  service.world.quotas.users_per_account = 7;
  service.world.quotas.roles_per_account = std::uint64_t{1} << 40;
  Map summary = Get();
  EXPECT_EQ(summary["UsersQuota"], 7);
  EXPECT_EQ(summary["RolesQuota"], 2147483647);
}

TEST_F(AccountSummary, KnowsWhatRootHas) {
  {
    directory::Attempt attempt(service.world);
    directory::Directory& directory = attempt.directory;
    const std::string root(directory::kRootOwner);
    directory.login_profiles.Put(directory::NewLoginProfile(root, kNow, service.world.random));
    const directory::MfaDevice device{
        .id = "device", .path = "/", .name = "phone", .created = kNow, .sealed_seed = "sealed"};
    ASSERT_THAT(directory.mfa_devices.Insert(device), Succeeds());
    ASSERT_THAT(directory.mfa_devices.Assign(device, device, root, kNow), Succeeds());
    ASSERT_THAT(attempt.directory.access_keys.Insert({.id = "AKIAROOTROOTROOTROOT",
                                                      .owner = std::string(directory::kRootOwner),
                                                      .created = kNow,
                                                      .status_changed = kNow,
                                                      .secret = crypto::Secret("s")}),
                Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  Map summary = Get();
  for (const char* name :
       {"AccountAccessKeysPresent", "AccountMFAEnabled", "AccountPasswordPresent", "MFADevices", "MFADevicesInUse"}) {
    EXPECT_EQ(summary[name], 1) << name;
  }
}

}  // namespace
}  // namespace claviger::ops::iam

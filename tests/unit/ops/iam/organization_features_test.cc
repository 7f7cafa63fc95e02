#include "ops/iam/organization_features.h"

#include "gen/organizations/operations.h"
#include "ops/organizations/account.h"
#include "ops/organizations/organization.h"
#include "ops/organizations/service.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam::api;  // NOLINT(google-build-using-namespace): the vocabulary of these tests.
namespace organizations = gen::organizations::api;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr char kIam[] = "iam.amazonaws.com";

class OrganizationFeatures : public ::testing::Test {
 protected:
  OrganizationFeatures()
      : service({RegisterOrganizationFeatureOperations, ops::organizations::RegisterAccountOperations,
                 ops::organizations::RegisterOrganizationOperations, ops::organizations::RegisterServiceOperations}) {}

  void MakeOrganization(std::optional<std::string> features = std::nullopt) {
    ASSERT_THAT(service.Call<organizations::CreateOrganization>({.feature_set = std::move(features)}), Succeeds());
  }
  void Trust() {
    ASSERT_THAT(service.Call<organizations::EnableAWSServiceAccess>({.service_principal = kIam}), Succeeds());
  }
  std::string MakeAccount() {
    const auto made = service.Call<organizations::CreateAccount>({.email = "dev@example.com", .account_name = "dev"});
    EXPECT_THAT(made, Succeeds());
    return *made->create_account_status->account_id;
  }

  Service service;
};

TEST_F(OrganizationFeatures, AreEnabledListedAndDisabled) {
  MakeOrganization();
  Trust();
  EXPECT_THAT(service.Call<ListOrganizationsFeatures>()->enabled_features, Optional(IsEmpty()));
  const auto sessions = service.Call<EnableOrganizationsRootSessions>();
  ASSERT_THAT(sessions, Succeeds());
  EXPECT_THAT(sessions->enabled_features, Optional(ElementsAre("RootSessions")));
  ASSERT_THAT(service.Call<EnableOrganizationsRootSessions>(), Succeeds());
  ASSERT_THAT(service.Call<EnableOrganizationsRootCredentialsManagement>(), Succeeds());
  const auto listed = service.Call<ListOrganizationsFeatures>();
  ASSERT_THAT(listed, Succeeds());
  EXPECT_THAT(listed->enabled_features, Optional(ElementsAre("RootSessions", "RootCredentialsManagement")));
  EXPECT_EQ(listed->organization_id, service.Call<organizations::DescribeOrganization>()->organization->id);
  EXPECT_THAT(service.Call<DisableOrganizationsRootCredentialsManagement>()->enabled_features,
              Optional(ElementsAre("RootSessions")));
  EXPECT_THAT(service.Call<DisableOrganizationsRootSessions>()->enabled_features, Optional(IsEmpty()));
}

TEST_F(OrganizationFeatures, NeedAnOrganizationWithAllFeaturesThatTrustsIam) {
  EXPECT_THAT(service.Call<ListOrganizationsFeatures>(),
              FailsWith(ErrorCode::kOrganizationNotFoundException,
                        "The request was rejected because no organization is associated with your account."));
  MakeOrganization("CONSOLIDATED_BILLING");
  EXPECT_THAT(service.Call<EnableOrganizationsRootSessions>(),
              FailsWith(ErrorCode::kOrganizationNotInAllFeaturesModeException,
                        "The request was rejected because your organization does not have All features enabled."));
  ASSERT_THAT(service.Call<organizations::EnableAllFeatures>(), Succeeds());
  EXPECT_THAT(service.Call<EnableOrganizationsRootSessions>(),
              FailsWith(ErrorCode::kServiceAccessNotEnabledException,
                        "Trusted Access for IAM not enabled by organization of input account 123456789012."));
}

TEST_F(OrganizationFeatures, AreTheManagementAccountsAndItsDelegates) {
  MakeOrganization();
  Trust();
  const std::string dev = MakeAccount();
  service.caller = RootCaller(*AccountId::Parse(dev));
  EXPECT_THAT(service.Call<EnableOrganizationsRootSessions>(),
              FailsWith(ErrorCode::kCallerIsNotManagementAccountException,
                        "Caller account " + dev +
                            " is not management account of the organization and cannot enable IAM features."));
  EXPECT_THAT(service.Call<ListOrganizationsFeatures>(),
              FailsWith(ErrorCode::kAccountNotManagementOrDelegatedAdministratorException,
                        "Input account " + dev + " is neither management account nor delegated admin."));
  service.caller = RootCaller();
  ASSERT_THAT(
      service.Call<organizations::RegisterDelegatedAdministrator>({.account_id = dev, .service_principal = kIam}),
      Succeeds());
  service.caller = RootCaller(*AccountId::Parse(dev));
  EXPECT_THAT(service.Call<ListOrganizationsFeatures>(), Succeeds());
}

}  // namespace
}  // namespace claviger::ops::iam

#include "ops/organizations/organization.h"

#include "organizations_fixture.h"

namespace claviger::ops::organizations {
namespace {

using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

using Organization = OrganizationsTest;

const std::string kManagement = kAccount.ToString();

TEST_F(Organization, IsMadeWithItsMakerAsManagementAccount) {
  const auto made = service.Call<api::CreateOrganization>();
  ASSERT_THAT(made, Succeeds());
  const auto& organization = *made->organization;
  EXPECT_THAT(*organization.id, MatchesRegex("o-[0-9a-z]{10}"));
  EXPECT_EQ(organization.arn, "arn:aws:organizations::" + kManagement + ":organization/" + *organization.id);
  EXPECT_EQ(organization.feature_set, "ALL");
  EXPECT_EQ(organization.master_account_id, kManagement);
  EXPECT_EQ(organization.master_account_arn,
            "arn:aws:organizations::" + kManagement + ":account/" + *organization.id + "/" + kManagement);
  EXPECT_EQ(organization.master_account_email, "root@" + kManagement + ".invalid");
  const auto described = service.Call<api::DescribeOrganization>();
  ASSERT_THAT(described, Succeeds());
  EXPECT_EQ(described->organization, made->organization);
}

TEST_F(Organization, IsMadeOnce) {
  MakeOrganization();
  EXPECT_THAT(service.Call<api::CreateOrganization>(),
              FailsWith(ErrorCode::kAlreadyInOrganizationException,
                        "The provided account is already a member of an organization."));
}

TEST_F(Organization, IsNotInUseForOthers) {
  EXPECT_THAT(service.Call<api::DescribeOrganization>(), FailsWith(ErrorCode::kAWSOrganizationsNotInUseException,
                                                                   "Your account is not a member of an organization."));
  EXPECT_THAT(service.Call<api::ListRoots>(), FailsWith(ErrorCode::kAWSOrganizationsNotInUseException,
                                                        "Your account is not a member of an organization."));
}

TEST_F(Organization, IsDescribedToMembersButShowsItsRootToTheManagementAccountAlone) {
  const std::string id = MakeOrganization();
  As(MakeAccount("dev"));
  EXPECT_EQ(service.Call<api::DescribeOrganization>()->organization->id, id);
  EXPECT_THAT(service.Call<api::ListRoots>(), FailsWith(ErrorCode::kAccessDeniedException, kNoAccess));
  EXPECT_THAT(service.Call<api::DeleteOrganization>(), FailsWith(ErrorCode::kAccessDeniedException, kNoAccess));
}

TEST_F(Organization, HasOneRootWithoutPolicyTypes) {
  const std::string id = MakeOrganization();
  const auto roots = service.Call<api::ListRoots>();
  ASSERT_THAT(roots, Succeeds());
  ASSERT_THAT(*roots->roots, SizeIs(1));
  const auto& root = roots->roots->front();
  EXPECT_THAT(*root.id, MatchesRegex("r-[0-9a-z]{4}"));
  EXPECT_EQ(root.arn, "arn:aws:organizations::" + kManagement + ":root/" + id + "/" + *root.id);
  EXPECT_EQ(root.name, "Root");
  EXPECT_THAT(*root.policy_types, IsEmpty());
}

TEST_F(Organization, IsDeletedWhenItsMembersAreGone) {
  MakeOrganization();
  Enable();
  MakeUnit(Root(), "prod");
  const std::string account = MakeAccount("dev");
  EXPECT_THAT(service.Call<api::DeleteOrganization>(),
              FailsWith(ErrorCode::kOrganizationNotEmptyException,
                        "To delete an organization you must first remove all member accounts (except the master)."));
  ASSERT_THAT(service.Call<api::RemoveAccountFromOrganization>({.account_id = account}), Succeeds());
  ASSERT_THAT(service.Call<api::DeleteOrganization>(), Succeeds());
  EXPECT_EQ(service.Call<api::DescribeOrganization>().error().code, ErrorCode::kAWSOrganizationsNotInUseException);
  // Nothing of it is left to the next one.
  MakeOrganization();
  EXPECT_THAT(*service.Call<api::ListOrganizationalUnitsForParent>({.parent_id = Root()})->organizational_units,
              IsEmpty());
  EXPECT_THAT(*service.Call<api::ListTargetsForPolicy>({.policy_id = "p-FullAWSAccess"})->targets, IsEmpty());
}

TEST_F(Organization, GetsAllFeaturesOnce) {
  MakeOrganization("CONSOLIDATED_BILLING");
  EXPECT_THAT(service.Call<api::EnablePolicyType>({.root_id = Root(), .policy_type = kScp}),
              FailsWith(ErrorCode::kPolicyTypeNotAvailableForOrganizationException,
                        "The specified policy type is not available for this organization."));
  const auto enabled = service.Call<api::EnableAllFeatures>();
  ASSERT_THAT(enabled, Succeeds());
  EXPECT_EQ(enabled->handshake->state, "ACCEPTED");
  EXPECT_EQ(enabled->handshake->action, "ENABLE_ALL_FEATURES");
  EXPECT_EQ(service.Call<api::DescribeOrganization>()->organization->feature_set, "ALL");
  EXPECT_THAT(service.Call<api::EnableAllFeatures>(),
              Violates(ErrorCode::kHandshakeConstraintViolationException, "ORGANIZATION_ALREADY_HAS_ALL_FEATURES",
                       "The organization already has all features enabled."));
  Enable();
}

}  // namespace
}  // namespace claviger::ops::organizations

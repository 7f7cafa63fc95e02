#include "ops/iam/authorization_details.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "ops/iam/attached_policy.h"
#include "ops/iam/group.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/instance_profile.h"
#include "ops/iam/managed_policy.h"
#include "ops/iam/permissions_boundary.h"
#include "ops/iam/policy_version.h"
#include "ops/iam/role.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kReadOnly[] = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

class AuthorizationDetails : public testing::Test {
 protected:
  GetAccountAuthorizationDetailsResponse Get(GetAccountAuthorizationDetailsRequest request = {}) {
    const auto response = service.Call<api::GetAccountAuthorizationDetails>(std::move(request));
    EXPECT_THAT(response, Succeeds());
    return *response;
  }
  void CreateUser(const std::string& name, std::optional<std::vector<Tag>> tags = {}) {
    ASSERT_THAT(service.Call<api::CreateUser>({.path = "/x/", .user_name = name, .tags = std::move(tags)}), Succeeds());
  }
  void CreateGroup(const std::string& name) {
    ASSERT_THAT(service.Call<api::CreateGroup>({.path = {}, .group_name = name}), Succeeds());
  }
  void CreateRole(const std::string& name) {
    ASSERT_THAT(service.Call<api::CreateRole>(
                    {.role_name = name, .assume_role_policy_document = kTrustEc2, .description = "d"}),
                Succeeds());
  }
  void CreatePolicy(const std::string& name) {
    ASSERT_THAT(service.Call<api::CreatePolicy>({.policy_name = name, .path = {}, .policy_document = kAllowAll}),
                Succeeds());
  }

  Service service{RegisterAuthorizationDetailsOperations,
                  RegisterUserOperations,
                  RegisterGroupOperations,
                  RegisterRoleOperations,
                  RegisterManagedPolicyOperations,
                  RegisterPolicyVersionOperations,
                  RegisterInlinePolicyOperations,
                  RegisterAttachedPolicyOperations,
                  RegisterInstanceProfileOperations,
                  RegisterPermissionsBoundaryOperations};
};

TEST_F(AuthorizationDetails, HasFourListsEvenWhenThereIsNothing) {
  const auto details = Get();
  EXPECT_THAT(*details.user_detail_list, IsEmpty());
  EXPECT_THAT(*details.group_detail_list, IsEmpty());
  EXPECT_THAT(*details.role_detail_list, IsEmpty());
  EXPECT_THAT(*details.policies, IsEmpty());
  EXPECT_EQ(details.is_truncated, false);
  EXPECT_FALSE(details.marker);
}

TEST_F(AuthorizationDetails, ShowsWhatAUserHas) {
  CreateUser("bare");
  CreateUser("bob", {{{.key = "k", .value = "v"}}});
  CreateGroup("staff");
  CreatePolicy("own");
  ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = "staff", .user_name = "bob"}), Succeeds());
  ASSERT_THAT(service.Call<api::PutUserPolicy>({.user_name = "bob", .policy_name = "p", .policy_document = kAllowAll}),
              Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "bob", .policy_arn = kReadOnly}), Succeeds());
  ASSERT_THAT(
      service.Call<api::PutUserPermissionsBoundary>({.user_name = "bob", .permissions_boundary = PolicyArn("own")}),
      Succeeds());
  const auto details = Get({.filter = {{"User"}}});
  ASSERT_EQ(details.user_detail_list->size(), 2U);
  const UserDetail& bare = details.user_detail_list->at(0);
  EXPECT_FALSE(bare.user_policy_list || bare.permissions_boundary);
  EXPECT_THAT(*bare.group_list, IsEmpty());
  EXPECT_THAT(*bare.attached_managed_policies, IsEmpty());
  EXPECT_THAT(*bare.tags, IsEmpty());
  const UserDetail& bob = details.user_detail_list->at(1);
  EXPECT_EQ(bob.arn, "arn:aws:iam::123456789012:user/x/bob");
  EXPECT_EQ(bob.path, "/x/");
  EXPECT_EQ(bob.create_date, kNow);
  EXPECT_THAT(*bob.user_policy_list,
              ElementsAre(PolicyDetail{.policy_name = "p", .policy_document = PercentEncode(kAllowAll)}));
  EXPECT_THAT(*bob.group_list, ElementsAre("staff"));
  EXPECT_THAT(*bob.attached_managed_policies,
              ElementsAre(AttachedPolicy{.policy_name = "AmazonS3ReadOnlyAccess", .policy_arn = kReadOnly}));
  EXPECT_EQ(bob.permissions_boundary->permissions_boundary_arn, PolicyArn("own"));
  EXPECT_THAT(*bob.tags, ElementsAre(Tag{.key = "k", .value = "v"}));
  EXPECT_THAT(*details.policies, IsEmpty());
}

TEST_F(AuthorizationDetails, ShowsWhatGroupsAndRolesHave) {
  CreateGroup("staff");
  CreateRole("reader");
  ASSERT_THAT(service.Call<api::CreateInstanceProfile>({.instance_profile_name = "web"}), Succeeds());
  ASSERT_THAT(service.Call<api::AddRoleToInstanceProfile>({.instance_profile_name = "web", .role_name = "reader"}),
              Succeeds());
  const auto details = Get();
  ASSERT_EQ(details.group_detail_list->size(), 1U);
  EXPECT_THAT(*details.group_detail_list->front().group_policy_list, IsEmpty());
  EXPECT_THAT(*details.group_detail_list->front().attached_managed_policies, IsEmpty());
  ASSERT_EQ(details.role_detail_list->size(), 1U);
  const RoleDetail& role = details.role_detail_list->front();
  EXPECT_EQ(role.assume_role_policy_document, PercentEncode(kTrustEc2));
  ASSERT_EQ(role.instance_profile_list->size(), 1U);
  EXPECT_EQ(role.instance_profile_list->front().roles.front().role_name, "reader");
  EXPECT_THAT(*role.role_policy_list, IsEmpty());
  EXPECT_THAT(*role.attached_managed_policies, IsEmpty());
  EXPECT_THAT(*role.tags, IsEmpty());
  EXPECT_EQ(role.role_last_used, RoleLastUsed{});
  EXPECT_FALSE(role.permissions_boundary);
}

TEST_F(AuthorizationDetails, ShowsEveryVersionOfOwnPoliciesAndAwsOnlyInUse) {
  CreatePolicy("own");
  ASSERT_THAT(service.Call<api::CreatePolicyVersion>(
                  {.policy_arn = PolicyArn("own"), .policy_document = kAllowAll, .set_as_default = true}),
              Succeeds());
  EXPECT_THAT(*Get({.filter = {{"AWSManagedPolicy"}}}).policies, IsEmpty());
  CreateUser("bob");
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "bob", .policy_arn = kReadOnly}), Succeeds());
  const auto details = Get({.filter = {{"AWSManagedPolicy", "LocalManagedPolicy"}}});
  EXPECT_THAT(*details.user_detail_list, IsEmpty());
  ASSERT_EQ(details.policies->size(), 2U);
  const ManagedPolicyDetail& own = details.policies->at(0);
  EXPECT_EQ(own.default_version_id, "v2");
  EXPECT_EQ(own.attachment_count, 0);
  EXPECT_EQ(own.is_attachable, true);
  ASSERT_EQ(own.policy_version_list->size(), 2U);
  EXPECT_EQ(own.policy_version_list->at(0).version_id, "v2");
  EXPECT_EQ(own.policy_version_list->at(0).is_default_version, true);
  EXPECT_EQ(own.policy_version_list->at(1).document, PercentEncode(kAllowAll));
  EXPECT_EQ(details.policies->at(1).arn, kReadOnly);
  EXPECT_EQ(details.policies->at(1).attachment_count, 1);
}

TEST_F(AuthorizationDetails, PagesOverAllKinds) {
  for (const char* name : {"u1", "u2"}) CreateUser(name);
  CreateGroup("g1");
  for (const char* name : {"r1", "r2"}) CreateRole(name);
  CreatePolicy("p1");
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "u1", .policy_arn = kReadOnly}), Succeeds());
  for (const int size : {1, 2, 3, 6, 7}) {
    std::vector<std::string> names;
    GetAccountAuthorizationDetailsRequest request{.filter = {}, .max_items = size};
    for (bool more = true; more;) {
      const auto page = Get(request);
      std::size_t count = names.size();
      for (const auto& user : *page.user_detail_list) names.push_back(*user.user_name);
      for (const auto& group : *page.group_detail_list) names.push_back(*group.group_name);
      for (const auto& role : *page.role_detail_list) names.push_back(*role.role_name);
      for (const auto& policy : *page.policies) names.push_back(*policy.policy_name);
      more = *page.is_truncated;
      EXPECT_EQ(page.marker.has_value(), more);
      if (more) {
        EXPECT_EQ(names.size() - count, static_cast<std::size_t>(size));
      }
      request.marker = page.marker;
    }
    EXPECT_THAT(names, ElementsAre("u1", "u2", "g1", "r1", "r2", "p1", "AmazonS3ReadOnlyAccess")) << size;
  }
  EXPECT_THAT(service.Call<api::GetAccountAuthorizationDetails>({.filter = {}, .max_items = {}, .marker = "x"}),
              FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
}

}  // namespace
}  // namespace claviger::ops::iam

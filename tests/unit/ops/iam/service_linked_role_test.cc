#include "ops/iam/service_linked_role.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "ops/iam/attached_policy.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/instance_profile.h"
#include "ops/iam/permissions_boundary.h"
#include "ops/iam/role.h"
#include "ops/iam/tags.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;

constexpr char kScaling[] = "AWSServiceRoleForAutoScaling";

class ServiceLinkedRoleTest : public testing::Test {
 protected:
  Result<CreateServiceLinkedRoleResponse> Create(const std::string& of, std::optional<std::string> suffix = {}) {
    return service.Call<api::CreateServiceLinkedRole>(
        {.aws_service_name = of, .description = {}, .custom_suffix = std::move(suffix)});
  }
  std::string Delete(const std::string& name) {
    const auto response = service.Call<api::DeleteServiceLinkedRole>({.role_name = name});
    EXPECT_THAT(response, Succeeds());
    return response->deletion_task_id;
  }
  auto StatusOf(const std::string& task) {
    return service.Call<api::GetServiceLinkedRoleDeletionStatus>({.deletion_task_id = task});
  }
  // A role as AWS alone can make it.
  directory::Role Insert(const std::string& path, const std::string& name) {
    directory::Attempt attempt(service.world);
    directory::Role role{.id = "AROAAAAAAAAAAAAAAAAAA", .path = path, .name = name, .created = kNow};
    role.trust_policy = kTrustEc2;
    EXPECT_THAT(attempt.directory.roles.Insert(role), Succeeds());
    EXPECT_TRUE(attempt.Commit());
    return role;
  }

  Service service{RegisterServiceLinkedRoleOperations,
                  RegisterRoleOperations,
                  RegisterAttachedPolicyOperations,
                  RegisterInlinePolicyOperations,
                  RegisterPermissionsBoundaryOperations,
                  RegisterInstanceProfileOperations,
                  RegisterTagOperations};
};

using CreateServiceLinkedRole = ServiceLinkedRoleTest;
using DeleteServiceLinkedRole = ServiceLinkedRoleTest;
using ProtectedRole = ServiceLinkedRoleTest;

TEST_F(CreateServiceLinkedRole, NamesTrustsAndEmpowersByTheTable) {
  const auto response = Create("autoscaling.amazonaws.com");
  ASSERT_THAT(response, Succeeds());
  const gen::iam::Role& role = *response->role;
  EXPECT_EQ(role.path, "/aws-service-role/autoscaling.amazonaws.com/");
  EXPECT_EQ(role.role_name, kScaling);
  EXPECT_EQ(role.arn,
            "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling");
  EXPECT_EQ(PercentDecode(*role.assume_role_policy_document),
            R"({"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Principal":{"Service":)"
            R"(["autoscaling.amazonaws.com"]},"Effect":"Allow"}]})");
  EXPECT_FALSE(role.description || role.max_session_duration || role.tags);
  const auto attached = service.Call<api::ListAttachedRolePolicies>({.role_name = kScaling});
  ASSERT_EQ(attached->attached_policies->size(), 1U);
  EXPECT_EQ(attached->attached_policies->front().policy_arn,
            "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy");
}

TEST_F(CreateServiceLinkedRole, GivesNoPolicyThatTheCatalogueLacks) {
  ASSERT_THAT(Create("lex.amazonaws.com"), Succeeds());
  EXPECT_TRUE(service.Call<api::ListAttachedRolePolicies>({.role_name = "AWSServiceRoleForLexBots"})
                  ->attached_policies->empty());
}

TEST_F(CreateServiceLinkedRole, DescribesTheRoleUnlessTold) {
  ASSERT_THAT(Create("rds.amazonaws.com"), Succeeds());
  EXPECT_EQ(service.Call<api::GetRole>({.role_name = "AWSServiceRoleForRDS"})->role.description,
            "Allows Amazon RDS to manage AWS resources on your behalf");
  ASSERT_THAT(service.Call<api::CreateServiceLinkedRole>(
                  {.aws_service_name = "autoscaling.amazonaws.com", .description = "mine", .custom_suffix = "a"}),
              Succeeds());
  EXPECT_EQ(service.Call<api::GetRole>({.role_name = "AWSServiceRoleForAutoScaling_a"})->role.description, "mine");
}

TEST_F(CreateServiceLinkedRole, RefusesWhatCannotBe) {
  EXPECT_THAT(
      Create("AutoScaling.amazonaws.com"),
      FailsWith(ErrorCode::kInvalidInput, "Cannot find Service Linked Role template for AutoScaling.amazonaws.com"));
  EXPECT_THAT(Create("rds.amazonaws.com", "x"),
              FailsWith(ErrorCode::kInvalidInput, "Custom suffix is not allowed for rds.amazonaws.com"));
  ASSERT_THAT(Create("autoscaling.amazonaws.com"), Succeeds());
  ASSERT_THAT(Create("autoscaling.amazonaws.com", "x"), Succeeds());
  EXPECT_THAT(Create("autoscaling.amazonaws.com", "X"),
              FailsWith(ErrorCode::kInvalidInput,
                        "Service role name AWSServiceRoleForAutoScaling_X has been taken in this account, please try a "
                        "different suffix."));
  EXPECT_THAT(Create("autoscaling.amazonaws.com", std::string(40, 'x')),
              FailsWith(ErrorCode::kInvalidInput, "Service role name AWSServiceRoleForAutoScaling_" +
                                                      std::string(40, 'x') + " is longer than 64 characters."));
}

TEST_F(CreateServiceLinkedRole, IsPossibleWhenTheQuotaIsUsedUp) {
  service.world.quotas.roles_per_account = 0;
  EXPECT_THAT(service.Call<api::CreateRole>({.role_name = "r", .assume_role_policy_document = kTrustEc2}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for RolesPerAccount: 0"));
  EXPECT_THAT(Create("autoscaling.amazonaws.com"), Succeeds());
}

TEST_F(DeleteServiceLinkedRole, RemembersThatItIsDone) {
  ASSERT_THAT(Create("autoscaling.amazonaws.com"), Succeeds());
  const std::string task = Delete(kScaling);
  EXPECT_THAT(task, testing::MatchesRegex("task/aws-service-role/autoscaling.amazonaws.com/"
                                          "AWSServiceRoleForAutoScaling/[0-9a-f-]{36}"));
  const auto status = StatusOf(task);
  ASSERT_THAT(status, Succeeds());
  EXPECT_EQ(status->status, "SUCCEEDED");
  EXPECT_FALSE(status->reason);
  EXPECT_THAT(service.Call<api::GetRole>({.role_name = kScaling}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name AWSServiceRoleForAutoScaling cannot be found."));
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/policy-use/"), 0U);
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/holdings/"), 0U);
  EXPECT_THAT(service.Call<api::DeleteServiceLinkedRole>({.role_name = kScaling}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name AWSServiceRoleForAutoScaling cannot be found."));
  EXPECT_THAT(Create("autoscaling.amazonaws.com"), Succeeds());
}

TEST_F(DeleteServiceLinkedRole, FailsWhileTheRoleIsInUse) {
  const auto created = Create("autoscaling.amazonaws.com");
  ASSERT_THAT(service.Call<api::CreateInstanceProfile>({.instance_profile_name = "p"}), Succeeds());
  {
    directory::Attempt attempt(service.world);
    const auto profile = attempt.directory.instance_profiles.Get("p");
    ASSERT_THAT(attempt.directory.instance_profiles.AddRole(*profile, created->role->role_id), Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  const auto status = StatusOf(Delete(kScaling));
  ASSERT_THAT(status, Succeeds());
  EXPECT_EQ(status->status, "FAILED");
  EXPECT_EQ(status->reason->reason, "The role AWSServiceRoleForAutoScaling is in use by the resources listed.");
  ASSERT_EQ(status->reason->role_usage_list->size(), 1U);
  EXPECT_EQ(status->reason->role_usage_list->front().region, "us-east-1");
  EXPECT_THAT(*status->reason->role_usage_list->front().resources,
              ElementsAre("arn:aws:iam::123456789012:instance-profile/p"));
  EXPECT_THAT(service.Call<api::GetRole>({.role_name = kScaling}), Succeeds());
}

TEST_F(DeleteServiceLinkedRole, KnowsNoOtherTasksAndRoles) {
  ASSERT_THAT(Create("autoscaling.amazonaws.com"), Succeeds());
  const std::string task = Delete(kScaling);
  std::string other = task;
  other.back() = other.back() == '0' ? '1' : '0';
  EXPECT_THAT(StatusOf(other),
              FailsWith(ErrorCode::kNoSuchEntity, "The deletion task with id " + other + " cannot be found."));
  for (const std::string id : {"x", "task/", "task/aws-service-role/", "task/aws-service-role/a/", "task//",
                               "task/aws-service-role//x", "task/aws-service-role/x"}) {
    EXPECT_FALSE(StatusOf(id).ok()) << id;
  }
  EXPECT_THAT(StatusOf("x"), FailsWith(ErrorCode::kInvalidInput, "The deletion task id is not valid: x"));
  ASSERT_THAT(service.Call<api::CreateRole>({.role_name = "r", .assume_role_policy_document = kTrustEc2}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteServiceLinkedRole>({.role_name = "r"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name r is not a service-linked role."));
  EXPECT_THAT(service.Call<api::DeleteServiceLinkedRole>({.role_name = "none"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name none cannot be found."));
}

TEST_F(ProtectedRole, IsChangedByNobodyElse) {
  ASSERT_THAT(Create("autoscaling.amazonaws.com"), Succeeds());
  ASSERT_THAT(service.Call<api::CreateInstanceProfile>({.instance_profile_name = "p"}), Succeeds());
  Insert("/", "AWSReservedSSO_Admin");
  const std::string arn = "arn:aws:iam::aws:policy/AWSDenyAll";
  for (const std::string name : {kScaling, "AWSReservedSSO_Admin"}) {
    const auto is_protected =
        FailsWith(ErrorCode::kUnmodifiableEntity, "Cannot perform the operation on the protected role '" + name +
                                                      "' - this role is only modifiable by AWS");
    EXPECT_THAT(service.Call<api::DeleteRole>({.role_name = name}), is_protected);
    EXPECT_THAT(service.Call<api::UpdateRole>({.role_name = name, .description = {}, .max_session_duration = 7200}),
                is_protected);
    EXPECT_THAT(service.Call<api::UpdateAssumeRolePolicy>({.role_name = name, .policy_document = kTrustEc2}),
                is_protected);
    EXPECT_THAT(service.Call<api::AttachRolePolicy>({.role_name = name, .policy_arn = arn}), is_protected);
    EXPECT_THAT(service.Call<api::DetachRolePolicy>({.role_name = name, .policy_arn = arn}), is_protected);
    EXPECT_THAT(service.Call<api::PutRolePolicy>({.role_name = name, .policy_name = "p", .policy_document = kAllowAll}),
                is_protected);
    EXPECT_THAT(service.Call<api::DeleteRolePolicy>({.role_name = name, .policy_name = "p"}), is_protected);
    EXPECT_THAT(service.Call<api::PutRolePermissionsBoundary>({.role_name = name, .permissions_boundary = arn}),
                is_protected);
    EXPECT_THAT(service.Call<api::DeleteRolePermissionsBoundary>({.role_name = name}), is_protected);
    EXPECT_THAT(service.Call<api::AddRoleToInstanceProfile>({.instance_profile_name = "p", .role_name = name}),
                is_protected);
    EXPECT_THAT(service.Call<api::RemoveRoleFromInstanceProfile>({.instance_profile_name = "p", .role_name = name}),
                is_protected);
  }
}

TEST_F(ProtectedRole, OfAServiceMayBeDescribedAndTagged) {
  ASSERT_THAT(Create("autoscaling.amazonaws.com"), Succeeds());
  EXPECT_THAT(service.Call<api::UpdateRoleDescription>({.role_name = kScaling, .description = "a"}), Succeeds());
  EXPECT_THAT(service.Call<api::UpdateRole>({.role_name = kScaling, .description = "b"}), Succeeds());
  EXPECT_THAT(service.Call<api::TagRole>({.role_name = kScaling, .tags = {{.key = "k", .value = "v"}}}), Succeeds());
  EXPECT_EQ(service.Call<api::GetRole>({.role_name = kScaling})->role.description, "b");
  Insert("/aws-reserved/sso.amazonaws.com/", "r");
  EXPECT_THAT(
      service.Call<api::UpdateRoleDescription>({.role_name = "r", .description = "a"}),
      FailsWith(ErrorCode::kUnmodifiableEntity,
                "Cannot perform the operation on the protected role 'r' - this role is only modifiable by AWS"));
}

TEST_F(ProtectedRole, IsMadeByNobodyElse) {
  const auto create = [&](const std::string& path, const std::string& name) {
    return service.Call<api::CreateRole>({.path = path, .role_name = name, .assume_role_policy_document = kTrustEc2});
  };
  EXPECT_THAT(create("/aws-service-role/ecs.amazonaws.com/", "r"),
              FailsWith(ErrorCode::kInvalidInput,
                        "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"));
  EXPECT_THAT(create("/aws-reserved/", "r"),
              FailsWith(ErrorCode::kInvalidInput,
                        "Path prefix '/aws-reserved/' can only be used for AWS Service linked Roles"));
  EXPECT_THAT(create("/", "AWSReservedSSO_x"),
              FailsWith(ErrorCode::kInvalidInput,
                        "Name prefix 'AWSReservedSSO_' can only be used for roles of AWS IAM Identity Center"));
  EXPECT_THAT(create("/", "AWSServiceRoleForMe"), Succeeds());
}

}  // namespace
}  // namespace claviger::ops::iam

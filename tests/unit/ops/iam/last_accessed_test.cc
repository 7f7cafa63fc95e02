#include "ops/iam/last_accessed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/attached_policy.h"
#include "ops/iam/group.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/managed_policy.h"
#include "ops/iam/reachable_services.h"
#include "ops/iam/role.h"
#include "ops/iam/user.h"
#include "policy/parse.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string Allow(std::string_view actions) {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":)" + std::string(actions) +
         R"(,"Resource":"*"}]})";
}

class LastAccessed : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"bob", "eve"}) {
      ids[name] = service.Call<api::CreateUser>({.path = "/x/", .user_name = name})->user->user_id;
    }
    Put("bob", Allow(R"(["iam:Get*", "iam:ListUsers", "s3:*"])"));
  }
  void Put(const std::string& user, const std::string& document) {
    ASSERT_THAT(service.Call<api::PutUserPolicy>({.user_name = user, .policy_name = "p", .policy_document = document}),
                Succeeds());
  }
  void Use(const std::string& id, std::string_view action, TimePoint time, PrincipalType type = PrincipalType::kUser) {
    directory::Attempt attempt(service.world);
    ASSERT_THAT(attempt.directory.action_uses.Record(type, id, action, time, "us-east-1"), Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  std::string Generate(const std::string& arn, std::optional<std::string> granularity = {}) {
    const auto response =
        service.Call<api::GenerateServiceLastAccessedDetails>({.arn = arn, .granularity = std::move(granularity)});
    EXPECT_THAT(response, Succeeds());
    return response->job_id.value_or("");
  }
  auto Get(const std::string& job) { return service.Call<api::GetServiceLastAccessedDetails>({.job_id = job}); }
  auto Entities(const std::string& job, const std::string& name_space) {
    return service.Call<api::GetServiceLastAccessedDetailsWithEntities>(
        {.job_id = job, .service_namespace = name_space});
  }

  const std::string bob = "arn:aws:iam::123456789012:user/x/bob";
  const std::string eve = "arn:aws:iam::123456789012:user/x/eve";
  std::map<std::string, std::string> ids;
  Service service{RegisterLastAccessedOperations, RegisterUserOperations,         RegisterGroupOperations,
                  RegisterRoleOperations,         RegisterInlinePolicyOperations, RegisterAttachedPolicyOperations,
                  RegisterManagedPolicyOperations};
};

TEST_F(LastAccessed, ListsWhatPoliciesReachAndWhenItWasUsed) {
  const TimePoint used = kNow - std::chrono::hours(5);
  Use(ids["bob"], "iam:GetUser", used - std::chrono::hours(1));
  Use(ids["bob"], "iam:ListUsers", used);
  Use(ids["bob"], "sts:GetCallerIdentity", used);  // No policy of his names it.
  const auto details = Get(Generate(bob));
  ASSERT_THAT(details, Succeeds());
  EXPECT_EQ(details->job_status, "COMPLETED");
  EXPECT_EQ(details->job_type, "SERVICE_LEVEL");
  EXPECT_EQ(details->job_creation_date, kNow);
  EXPECT_EQ(details->is_truncated, false);
  EXPECT_THAT(details->services_last_accessed,
              ElementsAre(ServiceLastAccessed{.service_name = "AWS Identity and Access Management",
                                              .last_authenticated = used,
                                              .service_namespace = "iam",
                                              .last_authenticated_entity = bob,
                                              .last_authenticated_region = "us-east-1",
                                              .total_authenticated_entities = 1},
                          ServiceLastAccessed{
                              .service_name = "s3", .service_namespace = "s3", .total_authenticated_entities = 0}));
}

TEST_F(LastAccessed, TellsActionsApartWhenAsked) {
  Put("bob", Allow(R"(["iam:GetUser", "iam:listusers", "s3:GetObject"])"));
  Use(ids["bob"], "iam:GetUser", kNow);
  const auto details = Get(Generate(bob, "ACTION_LEVEL"));
  ASSERT_THAT(details, Succeeds());
  EXPECT_EQ(details->job_type, "ACTION_LEVEL");
  EXPECT_THAT(*details->services_last_accessed.at(0).tracked_actions_last_accessed,
              ElementsAre(TrackedActionLastAccessed{.action_name = "GetUser",
                                                    .last_accessed_entity = bob,
                                                    .last_accessed_time = kNow,
                                                    .last_accessed_region = "us-east-1"},
                          TrackedActionLastAccessed{.action_name = "ListUsers"}));
  EXPECT_FALSE(details->services_last_accessed.at(1).tracked_actions_last_accessed);
}

TEST_F(LastAccessed, ForgetsAfterFourHundredDays) {
  Use(ids["bob"], "iam:GetUser", kNow - std::chrono::days(401));
  EXPECT_EQ(Get(Generate(bob))->services_last_accessed.at(0).total_authenticated_entities, 0);
}

TEST_F(LastAccessed, OfAPolicyCountsAllWhoHaveIt) {
  const auto policy =
      service.Call<api::CreatePolicy>({.policy_name = "own", .path = {}, .policy_document = Allow(R"("iam:*")")});
  const std::string arn = *policy->policy->arn;
  ASSERT_THAT(service.Call<api::CreateGroup>({.path = {}, .group_name = "staff"}), Succeeds());
  const auto role = service.Call<api::CreateRole>({.role_name = "reader", .assume_role_policy_document = kTrustEc2});
  for (const char* name : {"bob", "eve"}) {
    ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = "staff", .user_name = name}), Succeeds());
  }
  ASSERT_THAT(service.Call<api::AttachGroupPolicy>({.group_name = "staff", .policy_arn = arn}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "bob", .policy_arn = arn}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachRolePolicy>({.role_name = "reader", .policy_arn = arn}), Succeeds());
  Use(ids["eve"], "iam:GetUser", kNow - std::chrono::hours(2));
  Use(role->role.role_id, "iam:GetRole", kNow - std::chrono::hours(1), PrincipalType::kAssumedRole);
  const std::string job = Generate(arn);
  const ServiceLastAccessed service_used = Get(job)->services_last_accessed.at(0);
  EXPECT_EQ(service_used.total_authenticated_entities, 2);
  EXPECT_EQ(service_used.last_authenticated_entity, "arn:aws:iam::123456789012:role/reader");

  const auto entities = Entities(job, "iam");
  ASSERT_THAT(entities, Succeeds());
  EXPECT_THAT(
      entities->entity_details_list,
      ElementsAre(
          EntityDetails{.entity_info = {.arn = "arn:aws:iam::123456789012:role/reader",
                                        .name = "reader",
                                        .type = "ROLE",
                                        .id = role->role.role_id,
                                        .path = "/"},
                        .last_authenticated = kNow - std::chrono::hours(1)},
          EntityDetails{.entity_info = {.arn = eve, .name = "eve", .type = "USER", .id = ids["eve"], .path = "/x/"},
                        .last_authenticated = kNow - std::chrono::hours(2)},
          EntityDetails{.entity_info = {.arn = bob, .name = "bob", .type = "USER", .id = ids["bob"], .path = "/x/"}}));
  EXPECT_THAT(Entities(job, "s3")->entity_details_list, IsEmpty());
  const auto page = service.Call<api::GetServiceLastAccessedDetailsWithEntities>(
      {.job_id = job, .service_namespace = "iam", .max_items = 2});
  EXPECT_EQ(page->is_truncated, true);
  const auto rest = service.Call<api::GetServiceLastAccessedDetailsWithEntities>(
      {.job_id = job, .service_namespace = "iam", .max_items = {}, .marker = page->marker});
  EXPECT_EQ(rest->entity_details_list.size(), 1U);

  // The group's own policies are what counts of it.
  EXPECT_EQ(Get(Generate("arn:aws:iam::123456789012:group/staff"))->services_last_accessed.size(), 1U);
  EXPECT_EQ(Get(Generate("arn:aws:iam::123456789012:role/reader"))->services_last_accessed.size(), 1U);
}

TEST_F(LastAccessed, ReportsAMomentInPages) {
  const std::string job = Generate(bob);
  Put("bob", Allow(R"("sts:*")"));
  Use(ids["bob"], "iam:GetUser", kNow);
  const auto first = service.Call<api::GetServiceLastAccessedDetails>({.job_id = job, .max_items = 1});
  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(first->services_last_accessed.at(0).service_namespace, "iam");
  EXPECT_FALSE(first->services_last_accessed.at(0).last_authenticated);
  const auto second =
      service.Call<api::GetServiceLastAccessedDetails>({.job_id = job, .max_items = {}, .marker = first->marker});
  ASSERT_EQ(second->services_last_accessed.size(), 1U);
  EXPECT_EQ(second->services_last_accessed.at(0).service_namespace, "s3");
}

TEST_F(LastAccessed, IsReadByWhoeverAskedAlone) {
  const std::string job = Generate(bob);
  EXPECT_THAT(job, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"));
  const auto missing = FailsWith(ErrorCode::kNoSuchEntity, "The job with id " + job + " cannot be found.");
  service.caller.user_id = "AIDAOTHER";
  EXPECT_THAT(Get(job), missing);
  EXPECT_THAT(Entities(job, "iam"), missing);
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(Get(job), missing);
}

TEST_F(LastAccessed, IsKeptForADay) {
  const std::string old = Generate(bob);
  service.now = kNow + std::chrono::hours(23);
  const std::string young = Generate(bob);
  EXPECT_THAT(Get(old), Succeeds());
  service.now = kNow + std::chrono::hours(25);
  Generate(bob);
  EXPECT_FALSE(Get(old).ok());
  EXPECT_THAT(Get(young), Succeeds());
}

TEST_F(LastAccessed, RefusesWhatIsNobody) {
  const auto generate = [&](const std::string& arn) {
    return service.Call<api::GenerateServiceLastAccessedDetails>({.arn = arn});
  };
  for (const char* arn : {"arn:aws:iam::123456789012:user/bob", "arn:aws:iam::123456789012:user/x/none",
                          "arn:aws:iam::210987654321:user/x/bob", "arn:aws:iam::123456789012:role/none",
                          "arn:aws:iam::123456789012:group/none", "arn:aws:iam::aws:policy/None",
                          "arn:aws:iam::123456789012:policy/none"}) {
    EXPECT_THAT(generate(arn), FailsWith(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity.")) << arn;
  }
  EXPECT_THAT(
      generate("arn:aws:iam::123456789012:root"),
      FailsWith(ErrorCode::kInvalidInput, "Invalid ARN provided in the request: arn:aws:iam::123456789012:root"));
}

TEST_F(LastAccessed, IsForgottenWithTheUser) {
  Use(ids["eve"], "iam:GetUser", kNow);
  ASSERT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}), Succeeds());
  Use(ids["eve"], "iam:GetUser", kNow);  // Too late.
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/action-use/"), 0U);
}

// ---- What counts as reached

class ServiceAccessTest : public testing::Test {
 protected:
  ReachableServices Of(const std::string& document) {
    ReachableServices access;
    const auto parsed = policy::Parse(document, policy::Kind::kAny);
    EXPECT_TRUE(parsed.ok()) << document;
    AddReachable(**parsed,
                 *directory::ServiceCatalogue::Parse(
                     R"([{"namespace": "s3", "name": "Amazon S3", "actions": ["GetObject", "PutObject"]},
                                {"namespace": "iam", "name": "not this", "actions": []}])"),
                 access);
    return access;
  }
  static std::vector<std::string> Names(const ReachableServices& access) {
    std::vector<std::string> names;
    for (const auto& [name, actions] : access) names.push_back(name);
    return names;
  }
};

TEST_F(ServiceAccessTest, FollowsPatterns) {
  EXPECT_THAT(Names(Of(Allow(R"("*")"))), ElementsAre("cloudtrail", "iam", "organizations", "s3", "sts"));
  EXPECT_THAT(Of(Allow(R"("S3:get*")"))["s3"], UnorderedElementsAre("GetObject"));
  EXPECT_THAT(Names(Of(Allow(R"("s3:Nothing")"))), IsEmpty());
  EXPECT_THAT(Names(Of(Allow(R"("ec2:Run*")"))), ElementsAre("ec2"));
}

TEST_F(ServiceAccessTest, CountsWhatNotActionLeaves) {
  const auto not_action = [&](std::string_view actions) {
    return Of(R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":)" + std::string(actions) +
              R"(,"Resource":"*"}]})");
  };
  EXPECT_THAT(Names(not_action(R"("iam:*")")), ElementsAre("cloudtrail", "organizations", "s3", "sts"));
  EXPECT_THAT(not_action(R"(["iam:*", "s3:PutObject"])")["s3"], UnorderedElementsAre("GetObject"));
}

TEST_F(ServiceAccessTest, IgnoresDenials) {
  EXPECT_THAT(Names(Of(R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})")),
              IsEmpty());
}

}  // namespace
}  // namespace claviger::ops::iam

#include "ops/iam/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "directory/organization_setup.h"
#include "ops/iam/attached_policy.h"
#include "ops/iam/group.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/managed_policy.h"
#include "ops/iam/permissions_boundary.h"
#include "ops/iam/role.h"
#include "ops/iam/service_access.h"
#include "ops/iam/tags.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr char kBob[] = "arn:aws:iam::123456789012:user/ops/bob";
constexpr char kRole[] = "arn:aws:iam::123456789012:role/reader";
constexpr char kGroup[] = "arn:aws:iam::123456789012:group/staff";
constexpr char kAdministrator[] = "arn:aws:iam::aws:policy/AdministratorAccess";

std::string Allow(std::string_view action, std::string_view more = "") {
  std::string text = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*", "Action": ")";
  return text.append(action).append("\"").append(more).append("}}");
}
std::string Deny(std::string_view action) {
  std::string text = R"({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Resource": "*", "Action": ")";
  return text.append(action).append("\"}}");
}

class SimulationTest : public testing::Test {
 protected:
  SimulationTest() {
    EXPECT_THAT(service.Call<api::CreateUser>({.path = "/ops/", .user_name = "bob", .tags = {{{"team", "red"}}}}),
                Succeeds());
    EXPECT_THAT(service.Call<api::CreateGroup>({.group_name = "staff"}), Succeeds());
    EXPECT_THAT(service.Call<api::CreateRole>({.role_name = "reader", .assume_role_policy_document = kTrustEc2}),
                Succeeds());
    EXPECT_THAT(service.Call<api::AddUserToGroup>({.group_name = "staff", .user_name = "bob"}), Succeeds());
  }

  auto Custom(SimulateCustomPolicyRequest request) {
    return service.Call<api::SimulateCustomPolicy>(std::move(request));
  }
  auto Principal(SimulatePrincipalPolicyRequest request) {
    return service.Call<api::SimulatePrincipalPolicy>(std::move(request));
  }
  // The first result of a simulation that succeeds.
  static EvaluationResult First(const Result<SimulatePolicyResponse>& response) {
    EXPECT_THAT(response, Succeeds());
    return response.ok() && !response->evaluation_results->empty() ? response->evaluation_results->front()
                                                                   : EvaluationResult{};
  }

  Service service{RegisterUserOperations,
                  RegisterGroupOperations,
                  RegisterRoleOperations,
                  RegisterInlinePolicyOperations,
                  RegisterAttachedPolicyOperations,
                  RegisterManagedPolicyOperations,
                  RegisterPermissionsBoundaryOperations,
                  RegisterSimulationOperations,
                  RegisterServiceAccessOperations,
                  RegisterTagOperations};
};

using SimulateCustomPolicy = SimulationTest;
using SimulatePrincipalPolicy = SimulationTest;
using ListPoliciesGrantingServiceAccess = SimulationTest;

TEST_F(SimulateCustomPolicy, AnswersInTheRecordedForm) {
  // The document and the positions are of a recorded answer.
  const std::string document =
      R"({"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}})";
  const auto response = Custom({.policy_input_list = {document}, .action_names = {"s3:GetObject"}});
  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->is_truncated, false);
  const EvaluationResult result = First(response);
  EXPECT_EQ(result.eval_action_name, "s3:GetObject");
  EXPECT_EQ(result.eval_resource_name, "*");
  EXPECT_EQ(result.eval_decision, "allowed");
  ASSERT_EQ(result.matched_statements->size(), 1U);
  const Statement& statement = result.matched_statements->front();
  EXPECT_EQ(statement.source_policy_id, "PolicyInputList.1");
  EXPECT_EQ(statement.source_policy_type, "IAM Policy");
  EXPECT_EQ(statement.start_position, (Position{.line = 1, .column = 41}));
  EXPECT_EQ(statement.end_position, (Position{.line = 1, .column = static_cast<int>(document.size())}));
  EXPECT_THAT(*result.missing_context_values, IsEmpty());
  // For `*` these are left out altogether.
  EXPECT_EQ(result.eval_decision_details, std::nullopt);
  EXPECT_EQ(result.resource_specific_results, std::nullopt);
  EXPECT_EQ(result.permissions_boundary_decision_detail, std::nullopt);
  EXPECT_EQ(result.organizations_decision_detail, std::nullopt);
}

TEST_F(SimulateCustomPolicy, RepeatsTheResultForAResourceThatIsNamed) {
  const std::string reads_key = Allow("s3:*", R"(, "Condition": {"Bool": {"aws:SecureTransport": "true"}})");
  const EvaluationResult result = First(Custom(
      {.policy_input_list = {reads_key}, .action_names = {"s3:GetObject"}, .resource_arns = {{"arn:aws:s3:::b/k"}}}));
  EXPECT_EQ(result.eval_resource_name, "arn:aws:s3:::b/k");
  EXPECT_EQ(result.eval_decision, "implicitDeny");
  EXPECT_THAT(*result.matched_statements, IsEmpty());
  EXPECT_THAT(*result.missing_context_values, IsEmpty());
  EXPECT_THAT(*result.eval_decision_details, IsEmpty());
  ASSERT_EQ(result.resource_specific_results->size(), 1U);
  const ResourceSpecificResult& specific = result.resource_specific_results->front();
  EXPECT_EQ(specific.eval_resource_name, "arn:aws:s3:::b/k");
  EXPECT_EQ(specific.eval_resource_decision, "implicitDeny");
  EXPECT_THAT(*specific.missing_context_values, ElementsAre("aws:SecureTransport"));
  EXPECT_EQ(specific.eval_decision_details, std::nullopt);
}

TEST_F(SimulateCustomPolicy, NamesOnlyTheDenyingStatementsOfADenial) {
  const EvaluationResult result =
      First(Custom({.policy_input_list = {Allow("*"), Deny("s3:*")}, .action_names = {"s3:GetObject"}}));
  EXPECT_EQ(result.eval_decision, "explicitDeny");
  ASSERT_EQ(result.matched_statements->size(), 1U);
  EXPECT_EQ(result.matched_statements->front().source_policy_id, "PolicyInputList.2");
}

TEST_F(SimulateCustomPolicy, ListsTheMissingKeysOfAllPolicies) {
  const std::string other =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "arn:aws:ec2:::${aws:username}",)"
      R"("Condition": {"StringEquals": {"aws:PrincipalTag/Team": "x", "AWS:principaltag/team": "y"}}}})";
  const EvaluationResult result =
      First(Custom({.policy_input_list = {Allow("s3:*"), other}, .action_names = {"s3:GetObject"}}));
  EXPECT_EQ(result.eval_decision, "allowed");
  EXPECT_THAT(*result.missing_context_values, ElementsAre("aws:username", "aws:PrincipalTag/Team"));
}

TEST_F(SimulateCustomPolicy, TakesContextEntriesOfEveryType) {
  struct Case {
    const char* condition;
    const char* key;
    const char* type;
    std::vector<std::string> values;
    const char* bad;  // A value that is not of the type; null: all are.
  };
  const std::vector<Case> cases = {
      {R"("StringLike": {"x:keys": "a*"})", "x:keys", "string", {"abc"}, nullptr},
      {R"("ForAnyValue:StringEquals": {"x:keys": "b"})", "x:keys", "stringList", {"a", "b"}, nullptr},
      {R"("NumericLessThan": {"x:keys": "10"})", "x:keys", "numeric", {"9.5"}, "ten"},
      {R"("ForAllValues:NumericEquals": {"x:keys": ["1", "2"]})", "x:keys", "numericList", {"1", "2"}, "x"},
      {R"("Bool": {"x:keys": "true"})", "x:keys", "boolean", {"True"}, "yes"},
      {R"("ForAnyValue:Bool": {"x:keys": "true"})", "x:keys", "booleanList", {"false", "true"}, "1"},
      {R"("IpAddress": {"x:keys": "10.0.0.0/8"})", "x:keys", "ip", {"10.1.2.3"}, "10.1.2"},
      {R"("ForAnyValue:IpAddress": {"x:keys": "::1"})", "x:keys", "ipList", {"10.1.2.3", "::1"}, "x"},
      {R"("BinaryEquals": {"x:keys": "QUJD"})", "x:keys", "binary", {"QUJD"}, "?"},
      {R"("ForAnyValue:BinaryEquals": {"x:keys": "QUJD"})", "x:keys", "binaryList", {"QUJD"}, "?"},
      {R"("DateGreaterThan": {"x:keys": "2026-01-01"})", "x:keys", "date", {"2026-02-01T00:00:00Z"}, "soon"},
      {R"("ForAnyValue:DateLessThan": {"x:keys": "2026-01-01"})", "x:keys", "dateList", {"1"}, "soon"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.type);
    SimulateCustomPolicyRequest request{
        .policy_input_list = {Allow("s3:*", R"(, "Condition": {)" + std::string(c.condition) + "}")},
        .action_names = {"s3:GetObject"},
        .context_entries = {{{.context_key_name = c.key, .context_key_values = c.values, .context_key_type = c.type}}}};
    const EvaluationResult result = First(Custom(request));
    EXPECT_EQ(result.eval_decision, "allowed");
    EXPECT_THAT(*result.missing_context_values, IsEmpty());
    if (c.bad == nullptr) continue;
    request.context_entries->front().context_key_values = {{c.bad}};
    std::string type(c.type);
    if (type.ends_with("List")) type.resize(type.size() - 4);
    std::string message("Invalid context entry for x:keys: `");
    EXPECT_THAT(Custom(request), FailsWith(ErrorCode::kInvalidInput,
                                           message.append(c.bad).append("` is not of the type ").append(type) + "."));
  }
}

TEST_F(SimulateCustomPolicy, RefusesContextEntriesThatLackSomething) {
  const auto with = [&](ContextEntry entry) {
    return Custom({.policy_input_list = {kAllowAll}, .action_names = {"s3:GetObject"}, .context_entries = {{entry}}});
  };
  EXPECT_THAT(with({}), FailsWith(ErrorCode::kInvalidInput, "A context entry must have a ContextKeyName."));
  EXPECT_THAT(with({.context_key_name = "a:bcd"}),
              FailsWith(ErrorCode::kInvalidInput, "Invalid context entry for a:bcd: ContextKeyType is missing."));
  EXPECT_THAT(with({.context_key_name = "a:bcd", .context_key_values = {{"1", "2"}}, .context_key_type = "string"}),
              FailsWith(ErrorCode::kInvalidInput, "Invalid context entry for a:bcd: the type string takes one value."));
}

TEST_F(SimulateCustomPolicy, IsNarrowedByABoundary) {
  const EvaluationResult result = First(Custom({.policy_input_list = {kAllowAll},
                                                .permissions_boundary_policy_input_list = {{Allow("ec2:*")}},
                                                .action_names = {"s3:GetObject"}}));
  EXPECT_EQ(result.eval_decision, "implicitDeny");
  EXPECT_THAT(*result.matched_statements, IsEmpty());
  EXPECT_EQ(result.permissions_boundary_decision_detail->allowed_by_permissions_boundary, false);
  const EvaluationResult denied = First(Custom({.policy_input_list = {kAllowAll},
                                                .permissions_boundary_policy_input_list = {{Deny("s3:*")}},
                                                .action_names = {"s3:GetObject"}}));
  EXPECT_EQ(denied.eval_decision, "explicitDeny");
  EXPECT_EQ(denied.matched_statements->front().source_policy_id, "PermissionsBoundaryPolicyInputList.1");
  EXPECT_EQ(denied.matched_statements->front().source_policy_type, "Permissions Boundary Policy");
  EXPECT_THAT(Custom({.policy_input_list = {kAllowAll},
                      .permissions_boundary_policy_input_list = {{kAllowAll, kAllowAll}},
                      .action_names = {"s3:GetObject"}}),
              FailsWith(ErrorCode::kInvalidInput, "Only one permissions boundary policy can be simulated at a time."));
}

constexpr char kBucketPolicy[] =
    R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/ops/bob"},)"
    R"("Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},)"
    R"({"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::b/*"}]})";

TEST_F(SimulateCustomPolicy, CountsAResourcePolicyForTheCaller) {
  const auto run = [&](const char* action) {
    return First(Custom({.policy_input_list = {Deny("s3:DeleteObject")},
                         .action_names = {action},
                         .resource_arns = {{"arn:aws:s3:::b/k"}},
                         .resource_policy = kBucketPolicy,
                         .caller_arn = kBob}));
  };
  const EvaluationResult read = run("s3:GetObject");
  EXPECT_EQ(read.eval_decision, "allowed");
  EXPECT_EQ(read.matched_statements->front().source_policy_id, "ResourcePolicy");
  EXPECT_EQ(read.matched_statements->front().source_policy_type, "Resource Policy");
  EXPECT_THAT(*read.eval_decision_details, IsEmpty());
  const EvaluationResult remove = run("s3:DeleteObject");
  EXPECT_EQ(remove.eval_decision, "explicitDeny");
  ASSERT_EQ(remove.matched_statements->size(), 2U);
  EXPECT_EQ(remove.matched_statements->front().source_policy_id, "ResourcePolicy");
  EXPECT_EQ(remove.matched_statements->back().source_policy_id, "PolicyInputList.1");
}

TEST_F(SimulateCustomPolicy, NeedsBothSidesAcrossAccounts) {
  SimulateCustomPolicyRequest request{.policy_input_list = {Allow("ec2:*")},
                                      .action_names = {"s3:GetObject"},
                                      .resource_arns = {{"arn:aws:s3:::b/k"}},
                                      .resource_policy = kBucketPolicy,
                                      .resource_owner = "arn:aws:iam::210987654321:root",
                                      .caller_arn = kBob};
  EvaluationResult result = First(Custom(request));
  EXPECT_EQ(result.eval_decision, "implicitDeny");
  EXPECT_THAT(*result.eval_decision_details,
              ElementsAre(Pair("IAM Policy", "implicitDeny"), Pair("Resource Policy", "allowed")));
  EXPECT_EQ(result.resource_specific_results->front().eval_decision_details, result.eval_decision_details);
  request.policy_input_list = {Allow("s3:*")};
  result = First(Custom(request));
  EXPECT_EQ(result.eval_decision, "allowed");
  EXPECT_EQ(result.matched_statements->size(), 2U);
}

TEST_F(SimulateCustomPolicy, CountsATrustPolicyForAssumeRole) {
  const auto run = [&](const char* trusted) {
    const std::string trust =
        std::string(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",)"
                    R"("Principal": {"AWS": ")") +
        trusted + "\"}}}";
    return First(Custom({.policy_input_list = {Allow("sts:*")},
                         .action_names = {"sts:AssumeRole"},
                         .resource_arns = {{kRole}},
                         .resource_policy = trust,
                         .caller_arn = kBob}))
        .eval_decision;
  };
  EXPECT_EQ(run("123456789012"), "allowed");
  EXPECT_EQ(run("arn:aws:iam::123456789012:user/eve"), "implicitDeny");
}

TEST_F(SimulateCustomPolicy, NeedsACallerForAResourcePolicy) {
  EXPECT_THAT(
      Custom({.policy_input_list = {kAllowAll}, .action_names = {"s3:GetObject"}, .resource_policy = kBucketPolicy}),
      FailsWith(ErrorCode::kInvalidInput, "CallerArn is required when ResourcePolicy is specified."));
}

TEST_F(SimulateCustomPolicy, RefusesWhatItCannotSimulate) {
  const SimulateCustomPolicyRequest good{.policy_input_list = {kAllowAll}, .action_names = {"s3:GetObject"}};
  const auto with = [&](auto change) {
    SimulateCustomPolicyRequest request = good;
    change(request);
    return Custom(request);
  };
  const auto says = [](std::string_view text) { return FailsWith(ErrorCode::kInvalidInput, text); };
  EXPECT_THAT(with([](auto& r) { r.policy_input_list = {"{"}; }), says("Syntax errors in policy."));
  EXPECT_THAT(with([](auto& r) { r.resource_policy = "{"; }), says("Syntax errors in policy."));
  EXPECT_THAT(with([](auto& r) { r.action_names = {"s3:Get*"}; }), says("Invalid Input Action: s3:Get*"));
  EXPECT_THAT(with([](auto& r) { r.action_names = {"GetObject"}; }), says("Invalid Input Action: GetObject"));
  EXPECT_THAT(with([](auto& r) { r.resource_arns = {{"bucket"}}; }),
              says("Invalid ARN provided in the request: bucket"));
  EXPECT_THAT(with([](auto& r) { r.caller_arn = kRole; }),
              says("Invalid ARN provided in the request: arn:aws:iam::123456789012:role/reader"));
  EXPECT_THAT(with([](auto& r) { r.resource_owner = "123456789012"; }),
              says("'123456789012' is not a valid as a Resource Owner."));
  EXPECT_THAT(with([](auto& r) { r.resource_handling_option = "EC2"; }),
              says("'EC2' is not a valid ResourceHandlingOption."));
  EXPECT_THAT(with([](auto& r) { r.marker = "AAAA"; }), FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
}

TEST_F(SimulateCustomPolicy, WantsTheResourcesOfAScenario) {
  SimulateCustomPolicyRequest request{
      .policy_input_list = {kAllowAll},
      .action_names = {"ec2:RunInstances"},
      .resource_arns = {{"arn:aws:ec2:us-east-1:123456789012:instance/*", "arn:aws:ec2:us-east-1::image/*",
                         "arn:aws:ec2:us-east-1:123456789012:security-group/*"}},
      .resource_handling_option = "EC2-VPC-InstanceStore"};
  EXPECT_THAT(Custom(request),
              FailsWith(ErrorCode::kInvalidInput,
                        "EC2-VPC-InstanceStore requires a resource of the type network-interface in ResourceArns."));
  request.resource_handling_option = "EC2-Classic-InstanceStore";
  EXPECT_EQ(Custom(request)->evaluation_results->size(), 3U);
}

TEST_F(SimulateCustomPolicy, PagesOverActionsTimesResources) {
  SimulateCustomPolicyRequest request{.policy_input_list = {kAllowAll},
                                      .action_names = {"a:One", "a:Two"},
                                      .resource_arns = {{"arn:aws:s3:::x", "arn:aws:s3:::y", "arn:aws:s3:::z"}},
                                      .max_items = 4};
  std::vector<std::string> seen;
  int pages = 0;
  for (bool more = true; more && pages < 5; ++pages) {
    const auto page = Custom(request);
    ASSERT_THAT(page, Succeeds());
    for (const EvaluationResult& result : *page->evaluation_results) {
      seen.push_back(result.eval_action_name + " " + result.eval_resource_name->substr(13));
    }
    more = *page->is_truncated;
    EXPECT_EQ(page->marker.has_value(), more);
    request.marker = page->marker;
  }
  EXPECT_EQ(pages, 2);
  EXPECT_THAT(seen, ElementsAre("a:One x", "a:One y", "a:One z", "a:Two x", "a:Two y", "a:Two z"));
}

TEST_F(SimulateCustomPolicy, EndsAPageThatGrowsTooLarge) {
  std::string document = R"({"Version": "2012-10-17", "Statement": [)";
  for (int i = 0; i < 1000; ++i) {
    document += i == 0 ? "" : ",";
    document += R"({"Effect": "Allow", "Action": "*", "Resource": "*"})";
  }
  const auto page =
      Custom({.policy_input_list = {document + "]}"}, .action_names = std::vector<std::string>(100, "a:One")});
  ASSERT_THAT(page, Succeeds());
  EXPECT_EQ(page->evaluation_results->size(), 10U);
  EXPECT_EQ(page->is_truncated, true);
}

TEST_F(SimulatePrincipalPolicy, CountsEverythingThatAUserHas) {
  ASSERT_THAT(
      service.Call<api::PutGroupPolicy>({.group_name = "staff", .policy_name = "p", .policy_document = Allow("s3:*")}),
      Succeeds());
  ASSERT_THAT(
      service.Call<api::PutUserPolicy>({.user_name = "bob", .policy_name = "own", .policy_document = Allow("sqs:*")}),
      Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "bob", .policy_arn = kAdministrator}), Succeeds());
  const EvaluationResult result = First(
      Principal({.policy_source_arn = kBob, .policy_input_list = {{Allow("*")}}, .action_names = {"s3:GetObject"}}));
  std::vector<std::string> ids;
  for (const Statement& statement : *result.matched_statements) ids.push_back(*statement.source_policy_id);
  EXPECT_THAT(ids, ElementsAre("AdministratorAccess", "group_staff_p", "PolicyInputList.1"));
  // As recorded for that policy.
  EXPECT_EQ(result.matched_statements->front().start_position, (Position{.line = 3, .column = 17}));
  EXPECT_EQ(result.matched_statements->front().end_position, (Position{.line = 8, .column = 6}));
  EXPECT_EQ(First(Principal({.policy_source_arn = kBob, .action_names = {"sqs:X"}}))
                .matched_statements->front()
                .source_policy_id,
            "user_bob_own");
}

TEST_F(SimulatePrincipalPolicy, SimulatesAGroupByItself) {
  ASSERT_THAT(
      service.Call<api::PutGroupPolicy>({.group_name = "staff", .policy_name = "p", .policy_document = Allow("s3:*")}),
      Succeeds());
  EXPECT_EQ(First(Principal({.policy_source_arn = kGroup, .action_names = {"s3:X"}})).eval_decision, "allowed");
  EXPECT_EQ(First(Principal({.policy_source_arn = kRole, .action_names = {"s3:X"}})).eval_decision, "implicitDeny");
}

TEST_F(SimulatePrincipalPolicy, KnowsThePrincipalsOwnKeys) {
  const std::string own = Allow("s3:*", R"(, "Condition": {"StringEquals": {"aws:username": "bob",)"
                                        R"("aws:PrincipalTag/team": "red", "aws:PrincipalAccount": "123456789012"},)"
                                        R"("ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:user/ops/bob"}})");
  SimulatePrincipalPolicyRequest request{
      .policy_source_arn = kBob, .policy_input_list = {{own}}, .action_names = {"s3:GetObject"}};
  EXPECT_EQ(First(Principal(request)).eval_decision, "allowed");
  EXPECT_THAT(*First(Principal(request)).missing_context_values, IsEmpty());
  request.context_entries = {
      {{.context_key_name = "aws:PrincipalTag/team", .context_key_values = {{"blue"}}, .context_key_type = "string"}}};
  EXPECT_EQ(First(Principal(request)).eval_decision, "implicitDeny");
}

TEST_F(SimulatePrincipalPolicy, ReplacesTheStoredBoundaryByThePassedOne) {
  const auto limit = service.Call<api::CreatePolicy>({.policy_name = "Limit", .policy_document = Allow("ec2:*")});
  ASSERT_THAT(limit, Succeeds());
  ASSERT_THAT(
      service.Call<api::PutUserPermissionsBoundary>({.user_name = "bob", .permissions_boundary = *limit->policy->arn}),
      Succeeds());
  SimulatePrincipalPolicyRequest request{
      .policy_source_arn = kBob, .policy_input_list = {{kAllowAll}}, .action_names = {"s3:GetObject"}};
  const EvaluationResult stored = First(Principal(request));
  EXPECT_EQ(stored.eval_decision, "implicitDeny");
  EXPECT_EQ(stored.permissions_boundary_decision_detail->allowed_by_permissions_boundary, false);
  request.permissions_boundary_policy_input_list = {{Allow("s3:*")}};
  const EvaluationResult passed = First(Principal(request));
  EXPECT_EQ(passed.eval_decision, "allowed");
  EXPECT_EQ(passed.permissions_boundary_decision_detail->allowed_by_permissions_boundary, true);
}

TEST_F(SimulatePrincipalPolicy, UsesAUserAsTheCallerOfAResourcePolicyButNoRole) {
  SimulatePrincipalPolicyRequest request{.policy_source_arn = kBob,
                                         .action_names = {"s3:GetObject"},
                                         .resource_arns = {{"arn:aws:s3:::b/k"}},
                                         .resource_policy = kBucketPolicy};
  EXPECT_EQ(First(Principal(request)).eval_decision, "allowed");
  request.policy_source_arn = kRole;
  EXPECT_THAT(Principal(request),
              FailsWith(ErrorCode::kInvalidInput, "CallerArn is required when ResourcePolicy is specified."));
  request.caller_arn = kBob;
  EXPECT_EQ(First(Principal(request)).eval_decision, "allowed");
}

TEST_F(SimulatePrincipalPolicy, RefusesWhoDoesNotExist) {
  const auto of = [&](const char* arn) {
    return Principal({.policy_source_arn = arn, .action_names = {"s3:GetObject"}});
  };
  const auto unknown = FailsWith(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity.");
  EXPECT_THAT(of("arn:aws:iam::123456789012:user/bob"), unknown);
  EXPECT_THAT(of("arn:aws:iam::210987654321:role/reader"), unknown);
  EXPECT_THAT(of("arn:aws:sts::123456789012:assumed-role/reader/s"),
              FailsWith(ErrorCode::kInvalidInput,
                        "Invalid ARN provided in the request: arn:aws:sts::123456789012:assumed-role/reader/s"));
}

TEST_F(ListPoliciesGrantingServiceAccess, NamesWhatGrantsAndWhoseItIs) {
  ASSERT_THAT(service.Call<api::PutGroupPolicy>(
                  {.group_name = "staff", .policy_name = "p", .policy_document = Allow("s3:Get*")}),
              Succeeds());
  ASSERT_THAT(
      service.Call<api::PutUserPolicy>({.user_name = "bob", .policy_name = "own", .policy_document = Deny("s3:*")}),
      Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "bob", .policy_arn = kAdministrator}), Succeeds());
  const auto response =
      service.Call<api::ListPoliciesGrantingServiceAccess>({.arn = kBob, .service_namespaces = {"s3", "ec2"}});
  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->is_truncated, false);
  const PolicyGrantingServiceAccess administrator{
      .policy_name = "AdministratorAccess", .policy_type = "MANAGED", .policy_arn = kAdministrator};
  const PolicyGrantingServiceAccess group{
      .policy_name = "p", .policy_type = "INLINE", .entity_type = "GROUP", .entity_name = "staff"};
  EXPECT_THAT(
      response->policies_granting_service_access,
      ElementsAre(
          ListPoliciesGrantingServiceAccessEntry{.service_namespace = "s3", .policies = {{administrator, group}}},
          ListPoliciesGrantingServiceAccessEntry{.service_namespace = "ec2", .policies = {{administrator}}}));
  const auto of_group =
      service.Call<api::ListPoliciesGrantingServiceAccess>({.arn = kGroup, .service_namespaces = {"ec2"}});
  EXPECT_THAT(*of_group->policies_granting_service_access[0].policies, IsEmpty());
  EXPECT_THAT(service.Call<api::ListPoliciesGrantingServiceAccess>(
                  {.arn = "arn:aws:iam::123456789012:user/nope", .service_namespaces = {"s3"}}),
              FailsWith(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity."));
}

TEST_F(SimulatePrincipalPolicy, TellsWhatTheOrganizationAllows) {
  EXPECT_THAT(service.Call<api::PutUserPolicy>({.user_name = "bob", .policy_name = "p", .policy_document = Allow("*")}),
              Succeeds());
  EXPECT_EQ(
      First(Principal({.policy_source_arn = kBob, .action_names = {"s3:GetObject"}})).organizations_decision_detail,
      std::nullopt);

  directory::Attempt attempt(service.world);
  const AccountId management = directory::kOtherAccount;
  const directory::Context of_management = directory::InAccount(attempt.directory.context, management);
  auto organization = directory::CreateOrganization(
      of_management, directory::FeatureSet::kAll,
      {.id = management.ToString(), .name = "m", .email = "m@example.com", .parent = {}, .joined = {}}, {});
  ASSERT_THAT(organization, Succeeds());
  directory::OrganizationDirectory parts(attempt.directory.context, management);
  ASSERT_THAT(directory::AddMember(parts, *organization,
                                   {.id = directory::kAccount.ToString(),
                                    .name = "dev",
                                    .email = "dev@example.com",
                                    .parent = organization->root_id,
                                    .joined = {}}),
              Succeeds());
  const auto type = directory::ControlPolicyType::kServiceControl;
  organization->enabled_types.push_back(type);
  parts.Put(*organization);
  directory::ControlAttachments attachments(parts);
  const std::string everything = directory::DefaultControlPolicy(type).id;
  attachments.Attach(everything, organization->root_id);
  attachments.Attach(everything, directory::kAccount.ToString());
  parts.policies.Put(
      {.id = "p-no-s3", .type = type, .name = "no", .description = {}, .content = Deny("s3:*"), .tags = {}});
  attachments.Attach("p-no-s3", directory::kAccount.ToString());
  ASSERT_TRUE(attempt.Commit());

  const EvaluationResult denied = First(Principal({.policy_source_arn = kBob, .action_names = {"s3:GetObject"}}));
  EXPECT_EQ(denied.eval_decision, "explicitDeny");
  EXPECT_EQ(denied.organizations_decision_detail, (OrganizationsDecisionDetail{.allowed_by_organizations = false}));
  EXPECT_EQ(denied.matched_statements->front().source_policy_type, "Service Control Policy");
  const EvaluationResult allowed = First(Principal({.policy_source_arn = kBob, .action_names = {"ec2:RunInstances"}}));
  EXPECT_EQ(allowed.eval_decision, "allowed");
  EXPECT_EQ(allowed.organizations_decision_detail, (OrganizationsDecisionDetail{.allowed_by_organizations = true}));
}

TEST_F(ListPoliciesGrantingServiceAccess, Pages) {
  std::vector<std::string> services;
  services.reserve(150);
  for (int i = 0; i < 150; ++i) services.push_back("s" + std::to_string(i));
  const auto first =
      service.Call<api::ListPoliciesGrantingServiceAccess>({.arn = kRole, .service_namespaces = services});
  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(first->policies_granting_service_access.size(), 100U);
  EXPECT_EQ(first->is_truncated, true);
  const auto second = service.Call<api::ListPoliciesGrantingServiceAccess>(
      {.marker = first->marker, .arn = kRole, .service_namespaces = services});
  EXPECT_EQ(second->policies_granting_service_access.size(), 50U);
  EXPECT_EQ(second->policies_granting_service_access.back().service_namespace, "s149");
  EXPECT_EQ(second->marker, std::nullopt);
}

}  // namespace
}  // namespace claviger::ops::iam

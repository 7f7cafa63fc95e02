// AssumeRole once policies and trust have let it pass. Who may is in unit/service/role_session_test.cc.
#include "ops/sts/assume_role.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "aws/unique_id.h"
#include "ops/iam/managed_policy.h"
#include "ops/iam/role.h"
#include "session/token.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace)
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kSessionPolicy[] =
    R"({ "Version": "2012-10-17", "Statement": [ {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"} ] })";

class AssumeRole : public testing::Test {
 protected:
  AssumeRole() {
    EXPECT_THAT(service.Call<gen::iam::api::CreateRole>(
                    {.path = "/svc/", .role_name = "Reader", .assume_role_policy_document = kTrustEc2}),
                Succeeds());
    role_id = service.Call<gen::iam::api::GetRole>({.role_name = "Reader"})->role.role_id;
    service.caller.type = PrincipalType::kUser;
    service.caller.arn = "arn:aws:iam::123456789012:user/bob";
    service.caller.unique_id = "AIDABOB";
    service.caller.access_key_id = "AKIABOB";
  }

  AssumeRoleRequest Request() { return {.role_arn = kArn, .role_session_name = "dana"}; }
  Result<AssumeRoleResponse> Assume(AssumeRoleRequest request) { return service.Call<api::AssumeRole>(request); }
  session::Session Open(const Result<AssumeRoleResponse>& response) {
    EXPECT_THAT(response, Succeeds());
    if (!response.ok()) return {};
    const auto session = session::OpenToken(response->credentials->session_token, service.world.keys.sessions);
    EXPECT_THAT(session, Succeeds());
    return *session;
  }
  // From here on the caller has assumed a role itself.
  void CallFromARole() {
    service.caller.type = PrincipalType::kAssumedRole;
    service.caller.arn = "arn:aws:sts::123456789012:assumed-role/First/s1";
    service.caller.unique_id = "AROAFIRST";
    service.caller.access_key_id = "ASIAFIRST";
    service.caller.session =
        Caller::Session{.issued = kNow, .expires = kNow + seconds(3600), .origin = {kAccount, "AIDABOB", "AKIABOB"}};
  }
  void SetLongest(seconds longest) {
    EXPECT_THAT(service.Call<gen::iam::api::UpdateRole>(
                    {.role_name = "Reader", .max_session_duration = static_cast<std::int32_t>(longest.count())}),
                Succeeds());
  }

  static constexpr char kArn[] = "arn:aws:iam::123456789012:role/svc/Reader";
  Service service{RegisterAssumeRoleOperations, iam::RegisterRoleOperations, iam::RegisterManagedPolicyOperations};
  std::string role_id;
};

TEST_F(AssumeRole, SealsARoleSession) {
  service.now = kNow + std::chrono::milliseconds(700);
  const auto response = Assume(Request());
  const session::Session session = Open(response);
  EXPECT_EQ(response->assumed_role_user->assumed_role_id, role_id + ":dana");
  EXPECT_EQ(response->assumed_role_user->arn, "arn:aws:sts::123456789012:assumed-role/Reader/dana");
  EXPECT_TRUE(response->credentials->access_key_id.starts_with("ASIA"));
  EXPECT_EQ(response->credentials->secret_access_key.size(), 40U);
  EXPECT_EQ(response->credentials->expiration, kNow + seconds(3600));
  EXPECT_EQ(response->packed_policy_size, std::nullopt);
  EXPECT_EQ(response->source_identity, std::nullopt);
  EXPECT_EQ(session.type, PrincipalType::kAssumedRole);
  EXPECT_EQ(session.account, kAccount);
  EXPECT_EQ(session.principal_id, role_id);
  EXPECT_EQ(session.name, "dana");
  EXPECT_EQ(session.origin, (SessionOrigin{kAccount, "AIDABOB", "AKIABOB"}));
  EXPECT_THAT(session.via, IsEmpty());
  EXPECT_FALSE(session.mfa_authenticated);
  EXPECT_THAT(session.inline_policy, IsEmpty());
}

TEST_F(AssumeRole, GoesToOtherAccounts) {
  service.caller.account = kOtherAccount;
  const auto response = Assume(Request());
  const session::Session session = Open(response);
  EXPECT_EQ(session.account, kAccount);
  EXPECT_EQ(session.origin.account, kOtherAccount);
  EXPECT_EQ(AccountInId(session.access_key_id), kAccount);
}

TEST_F(AssumeRole, RefusesAMissingRoleLikeOneThatTrustsNobody) {
  for (const char* arn : {"arn:aws:iam::123456789012:role/svc/Writer", "arn:aws:iam::123456789012:role/Reader",
                          "arn:aws:iam::210987654321:role/svc/Reader", "arn:aws:iam::aws:role/svc/Reader",
                          "arn:aws:iam::123456789012:role/svc/reader"}) {
    AssumeRoleRequest request = Request();
    request.role_arn = arn;
    EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kAccessDenied,
                                           "User: arn:aws:iam::123456789012:user/bob is not authorized to "
                                           "perform: sts:AssumeRole on resource: " +
                                               std::string(arn)));
  }
}

TEST_F(AssumeRole, LastsAsLongAsTheRoleLets) {
  AssumeRoleRequest request = Request();
  request.duration_seconds = 3601;
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kValidationError,
                                         "The requested DurationSeconds exceeds the "
                                         "MaxSessionDuration set for this role."));
  SetLongest(seconds(43200));
  EXPECT_EQ(Assume(Request())->credentials->expiration, kNow + seconds(3600));
  request.duration_seconds = 43200;
  EXPECT_EQ(Assume(request)->credentials->expiration, kNow + seconds(43200));
  request.duration_seconds = 900;
  EXPECT_EQ(Assume(request)->credentials->expiration, kNow + seconds(900));
}

TEST_F(AssumeRole, LastsAnHourInAChain) {
  SetLongest(seconds(43200));
  CallFromARole();
  AssumeRoleRequest request = Request();
  request.duration_seconds = 3601;
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kValidationError,
                                         "The requested DurationSeconds exceeds the 1 hour session limit "
                                         "for roles assumed by role chaining."));
  request.duration_seconds = 3600;
  EXPECT_THAT(Assume(request), Succeeds());
}

TEST_F(AssumeRole, IsNoChainFromAUsersOwnSession) {
  SetLongest(seconds(43200));
  service.caller.session = Caller::Session{.issued = kNow, .expires = kNow + seconds(900)};
  AssumeRoleRequest request = Request();
  request.duration_seconds = 43200;
  EXPECT_THAT(Assume(request), Succeeds());
}

TEST_F(AssumeRole, RemembersWhereAChainBegan) {
  CallFromARole();
  for (int i = 0; i < 20; ++i) service.caller.session->via.push_back("ASIA" + std::to_string(i));
  const session::Session session = Open(Assume(Request()));
  EXPECT_EQ(session.origin, (SessionOrigin{kAccount, "AIDABOB", "AKIABOB"}));
  EXPECT_EQ(session.via.back(), "ASIAFIRST");
}

TEST_F(AssumeRole, RemembersTheNewestKeysOfALongChain) {
  CallFromARole();
  for (std::size_t i = 0; i < session::kViaMax; ++i) service.caller.session->via.push_back("ASIA" + std::to_string(i));
  const session::Session session = Open(Assume(Request()));
  ASSERT_EQ(session.via.size(), session::kViaMax);
  EXPECT_EQ(session.via.front(), "ASIA1");
  EXPECT_EQ(session.via.back(), "ASIAFIRST");
}

// ---- MFA

TEST_F(AssumeRole, RefusesUnknownDevices) {
  AssumeRoleRequest request = Request();
  request.token_code = "123456";
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kAccessDenied,
                                         "MultiFactorAuthentication failed, must provide both MFA serial number and "
                                         "one time pass code."));
  request.serial_number = "GAHT12345678";
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kAccessDenied,
                                         "MultiFactorAuthentication failed, unable to validate MFA code.  Please "
                                         "verify your MFA serial number is valid and associated with this user."));
}

TEST_F(AssumeRole, DoesNotInheritMfa) {
  service.caller.session = Caller::Session{.issued = kNow, .expires = kNow + seconds(900), .mfa_authenticated = true};
  EXPECT_FALSE(Open(Assume(Request())).mfa_authenticated);
}

// ---- Source identity

TEST_F(AssumeRole, SetsTheSourceIdentity) {
  AssumeRoleRequest request = Request();
  request.source_identity = "Dana";
  const auto response = Assume(request);
  EXPECT_EQ(Open(response).source_identity, "Dana");
  EXPECT_EQ(response->source_identity, "Dana");
}

TEST_F(AssumeRole, KeepsTheSourceIdentityOfAChain) {
  CallFromARole();
  service.caller.session->source_identity = "Dana";
  const auto response = Assume(Request());
  EXPECT_EQ(Open(response).source_identity, "Dana");
  EXPECT_EQ(response->source_identity, "Dana");
  AssumeRoleRequest request = Request();
  request.source_identity = "Dana";
  EXPECT_THAT(Assume(request), Succeeds());
  request.source_identity = "dana";
  EXPECT_THAT(Assume(request),
              FailsWith(ErrorCode::kAccessDenied,
                        "User: arn:aws:sts::123456789012:assumed-role/First/s1 is not authorized to perform: "
                        "sts:SetSourceIdentity on resource: arn:aws:iam::123456789012:role/svc/Reader"));
}

// ---- Tags

TEST_F(AssumeRole, SealsItsTags) {
  AssumeRoleRequest request = Request();
  request.tags = std::vector<gen::sts::Tag>{{.key = "Team", .value = "blue"}, {.key = "empty", .value = ""}};
  request.transitive_tag_keys = std::vector<std::string>{"team"};
  const auto response = Assume(request);
  EXPECT_THAT(Open(response).tags,
              ElementsAre(session::SessionTag{.tag = {.key = "Team", .value = "blue"}, .transitive = true},
                          session::SessionTag{.tag = {.key = "empty", .value = ""}, .transitive = false}));
  EXPECT_EQ(response->packed_policy_size, 1);
}

TEST_F(AssumeRole, RefusesWrongTags) {
  AssumeRoleRequest request = Request();
  request.tags = std::vector<gen::sts::Tag>{{.key = "Team", .value = "blue"}, {.key = "TEAM", .value = "red"}};
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kInvalidParameterValue,
                                         "Duplicate tag keys found. Please note that Tag keys are case insensitive."));
  request.tags = std::vector<gen::sts::Tag>{{.key = "Team", .value = "blue"}};
  request.transitive_tag_keys = std::vector<std::string>{"Project"};
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kInvalidParameterValue,
                                         "The specified transitive tag key must be included in the requested tags."));
  request.transitive_tag_keys.reset();
  request.tags = std::vector<gen::sts::Tag>{{.key = "AWS:team", .value = "blue"}};
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kInvalidParameterValue,
                                         "Tag keys beginning with aws: are reserved for system use: AWS:team"));
}

TEST_F(AssumeRole, InheritsTransitiveTags) {
  CallFromARole();
  service.caller.session->transitive_tags = {{.key = "Team", .value = "blue"}};
  AssumeRoleRequest request = Request();
  request.tags = std::vector<gen::sts::Tag>{{.key = "Project", .value = "x"}};
  EXPECT_THAT(Open(Assume(request)).tags,
              ElementsAre(session::SessionTag{.tag = {.key = "Team", .value = "blue"}, .transitive = true},
                          session::SessionTag{.tag = {.key = "Project", .value = "x"}, .transitive = false}));
  request.tags = std::vector<gen::sts::Tag>{{.key = "team", .value = "red"}};
  EXPECT_THAT(Assume(request),
              FailsWith(ErrorCode::kInvalidParameterValue,
                        "One of the specified transitive tag keys can't be set because it conflicts with a transitive "
                        "tag key from the calling session."));
}

// ---- Session policies

TEST_F(AssumeRole, SealsAnInlinePolicyWithoutItsWhiteSpace) {
  AssumeRoleRequest request = Request();
  request.policy = kSessionPolicy;
  const auto response = Assume(request);
  const session::Session session = Open(response);
  EXPECT_EQ(session.inline_policy.find(' '), std::string::npos);
  EXPECT_NE(session.inline_policy.find("iam:GetUser"), std::string::npos);
  EXPECT_GT(response->packed_policy_size, 0);
  EXPECT_LT(response->packed_policy_size, 10);
}

TEST_F(AssumeRole, SealsManagedPoliciesByTheirIds) {
  const auto made = service.Call<gen::iam::api::CreatePolicy>({.policy_name = "p", .policy_document = kSessionPolicy});
  ASSERT_THAT(made, Succeeds());
  AssumeRoleRequest request = Request();
  request.policy_arns = {{.arn = made->policy->arn.value()},
                         {.arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"},
                         {.arn = made->policy->arn.value()}};
  const session::Session session = Open(Assume(request));
  EXPECT_THAT(session.managed_policies,
              ElementsAre(made->policy->policy_id.value(),
                          directory::AwsManagedPolicyId("arn:aws:iam::aws:policy/IAMReadOnlyAccess")));
}

TEST_F(AssumeRole, RefusesWrongPolicies) {
  AssumeRoleRequest request = Request();
  request.policy = "{";
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kMalformedPolicyDocument, "Syntax errors in policy."));
  request.policy.reset();
  request.policy_arns = std::vector<PolicyDescriptorType>{{.arn = "arn:aws:iam::123456789012:policy/none"}};
  EXPECT_THAT(Assume(request),
              FailsWith(ErrorCode::kValidationError,
                        "Policy arn:aws:iam::123456789012:policy/none does not exist or is not attachable."));
  request.policy_arns = std::vector<PolicyDescriptorType>{{.arn = "no arn at all, really"}};
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kValidationError, "no arn at all, really is invalid"));
  request.policy_arns->assign(11, {.arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"});
  EXPECT_THAT(Assume(request),
              FailsWith(ErrorCode::kValidationError,
                        "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must "
                        "have length less than or equal to 10"));
}

std::string PolicyWithResource(std::size_t characters) {
  const std::string begin =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetUser"],"Resource":["arn:aws:iam::1:user/)";
  const std::string end = R"("]}]})";
  return begin + std::string(characters - begin.size() - end.size(), 'x') + end;
}

TEST_F(AssumeRole, TakesPoliciesUpToTheirQuota) {
  AssumeRoleRequest request = Request();
  request.policy = PolicyWithResource(2048);
  EXPECT_EQ(Assume(request)->packed_policy_size, 100);
  request.policy = PolicyWithResource(2048) + std::string(5000, ' ');
  EXPECT_THAT(Assume(request), Succeeds());
  request.policy = PolicyWithResource(2049);
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kPackedPolicyTooLarge,
                                         "Packed policy consumes 101% of allotted space, please use smaller policy."));
  // The ARNs count too.
  request.policy = PolicyWithResource(2048);
  request.policy_arns = std::vector<PolicyDescriptorType>{{.arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}};
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kPackedPolicyTooLarge,
                                         "Packed policy consumes 103% of allotted space, please use smaller policy."));
}

TEST_F(AssumeRole, TakesTagsUpToTheirSpace) {
  AssumeRoleRequest request = Request();
  request.tags.emplace();
  for (int i = 0; i < 16; ++i)
    request.tags->push_back({.key = std::string(1, static_cast<char>('a' + i)), .value = std::string(253, 'v')});
  const auto response = Assume(request);
  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->packed_policy_size, 100);
  EXPECT_LT(response->credentials->session_token.size(), 8192U);
  request.tags->push_back({.key = "z", .value = std::string(100, 'v')});
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kPackedPolicyTooLarge,
                                         "Packed policy consumes 103% of allotted space, please use smaller policy."));
}

TEST_F(AssumeRole, RefusesWhiteSpaceThatWouldHideInTheToken) {
  AssumeRoleRequest request = Request();
  request.policy = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get)" +
                   std::string(9000, ' ') + R"(User","Resource":"*"}]})";
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kPackedPolicyTooLarge,
                                         "Packed policy consumes 223% of allotted space, please use smaller policy."));
}

TEST_F(AssumeRole, RefusesProvidedContexts) {
  AssumeRoleRequest request = Request();
  request.provided_contexts.emplace().push_back({.provider_arn = "arn:aws:iam::aws:contextProvider/IdentityCenter"});
  EXPECT_THAT(Assume(request), FailsWith(ErrorCode::kNotImplemented,
                                         "Claviger does not implement ProvidedContexts of sts:AssumeRole: there is no "
                                         "context provider."));
}

}  // namespace
}  // namespace claviger::ops::sts

#include "service/request_context.h"

#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using namespace gen::sts::api;  // NOLINT(google-build-using-namespace)
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + std::chrono::hours(12);

class RequestContextTest : public ::testing::Test {
 protected:
  RequestContextTest() {
    caller.caller = {.type = PrincipalType::kUser,
                     .account = kAccount,
                     .arn = "arn:aws:iam::111122223333:user/ops/bob",
                     .user_id = "AIDAEXAMPLE",
                     .unique_id = "AIDAEXAMPLE",
                     .user_name = "bob"};
    caller.tags = {{.key = "Team", .value = "blue"}};
    http.source_ip = "2001:db8::1";
  }

  template <class Operation>
  void Fill(const typename Operation::Request& request, int also = -1) {
    const ActionInfo& own = *Operation::Info().action;
    keys.Clear();
    FillContextKeys({.caller = caller,
                     .http = http,
                     .region = "eu-central-1",
                     .service = Operation::Info().service->name,
                     .now = kNow},
                    also < 0 ? own : own.also[static_cast<std::size_t>(also)], &request, resource, keys);
  }
  std::vector<std::string> Values(std::string_view name) const {
    std::vector<std::string> texts;
    if (const auto values = keys.Find(name)) {
      for (std::size_t i = 0; i < values->size(); ++i) texts.emplace_back((*values)[i]);
    }
    return texts;
  }

  Identity caller;
  http::Request http;
  Resource resource;
  authz::ContextKeys keys;
};

TEST_F(RequestContextTest, HasTheKeysOfAUser) {
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:PrincipalArn"), ElementsAre("arn:aws:iam::111122223333:user/ops/bob"));
  EXPECT_THAT(Values("aws:PrincipalAccount"), ElementsAre("111122223333"));
  EXPECT_THAT(Values("aws:PrincipalType"), ElementsAre("User"));
  EXPECT_THAT(Values("aws:PrincipalIsAWSService"), ElementsAre("false"));
  EXPECT_THAT(Values("aws:PrincipalTag/team"), ElementsAre("blue"));
  EXPECT_THAT(Values("aws:userid"), ElementsAre("AIDAEXAMPLE"));
  EXPECT_THAT(Values("aws:username"), ElementsAre("bob"));
}

TEST_F(RequestContextTest, HasNoSessionKeysOfALongTermKey) {
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:TokenIssueTime"), IsEmpty());
  EXPECT_THAT(Values("aws:MultiFactorAuthPresent"), IsEmpty());
  EXPECT_THAT(Values("aws:MultiFactorAuthAge"), IsEmpty());
  EXPECT_THAT(Values("aws:SourceIdentity"), IsEmpty());
}

TEST_F(RequestContextTest, HasTheKeysOfASession) {
  caller.caller.session = Caller::Session{.issued = kNow - std::chrono::seconds(90), .expires = kNow};
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:TokenIssueTime"), ElementsAre("2026-03-01T11:58:30Z"));
  EXPECT_THAT(Values("aws:MultiFactorAuthPresent"), ElementsAre("false"));
  EXPECT_THAT(Values("aws:MultiFactorAuthAge"), IsEmpty());
  caller.caller.session->mfa_authenticated = true;
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:MultiFactorAuthPresent"), ElementsAre("true"));
  EXPECT_THAT(Values("aws:MultiFactorAuthAge"), ElementsAre("90"));
}

TEST_F(RequestContextTest, TellsARootUserThatWasAssumed) {
  caller.caller.type = PrincipalType::kRoot;
  caller.caller.session = Caller::Session{};
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:AssumedRoot"), IsEmpty());
  caller.caller.session->assumed_root = true;
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:AssumedRoot"), ElementsAre("true"));
  EXPECT_THAT(Values("aws:PrincipalType"), ElementsAre("Account"));
}

TEST_F(RequestContextTest, NamesTheRoleOfARoleSession) {
  caller.caller.type = PrincipalType::kAssumedRole;
  caller.caller.arn = "arn:aws:sts::111122223333:assumed-role/Reader/dana";
  caller.caller.user_id = "AROAEXAMPLE:dana";
  caller.issuer_arn = "arn:aws:iam::111122223333:role/svc/Reader";
  caller.caller.session = Caller::Session{.source_identity = "Dana"};
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:PrincipalArn"), ElementsAre("arn:aws:iam::111122223333:role/svc/Reader"));
  EXPECT_THAT(Values("aws:PrincipalType"), ElementsAre("AssumedRole"));
  EXPECT_THAT(Values("aws:userid"), ElementsAre("AROAEXAMPLE:dana"));
  EXPECT_THAT(Values("aws:username"), IsEmpty());
  EXPECT_THAT(Values("aws:SourceIdentity"), ElementsAre("Dana"));
}

TEST_F(RequestContextTest, NamesFederatedUsersAndRootThemselves) {
  caller.caller.type = PrincipalType::kFederatedUser;
  caller.caller.arn = "arn:aws:sts::111122223333:federated-user/fred";
  caller.issuer_arn = "arn:aws:iam::111122223333:user/ops/bob";
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:PrincipalArn"), ElementsAre("arn:aws:sts::111122223333:federated-user/fred"));
  EXPECT_THAT(Values("aws:PrincipalType"), ElementsAre("FederatedUser"));
  caller.caller.type = PrincipalType::kRoot;
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:PrincipalType"), ElementsAre("Account"));
  EXPECT_THAT(Values("aws:username"), IsEmpty());
}

TEST_F(RequestContextTest, HasTheKeysOfTheConnection) {
  http.headers = {{"User-Agent", "aws-cli/2"}, {"Referer", "https://console.example.test/"}};
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:SourceIp"), ElementsAre("2001:db8::1"));
  EXPECT_THAT(Values("aws:SecureTransport"), ElementsAre("false"));
  EXPECT_THAT(Values("aws:CurrentTime"), ElementsAre("2026-03-01T12:00:00Z"));
  EXPECT_THAT(Values("aws:EpochTime"), ElementsAre("1772366400"));
  EXPECT_THAT(Values("aws:UserAgent"), ElementsAre("aws-cli/2"));
  EXPECT_THAT(Values("aws:referer"), ElementsAre("https://console.example.test/"));
  EXPECT_THAT(Values("aws:ViaAWSService"), ElementsAre("false"));
  http.secure = true;
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:SecureTransport"), ElementsAre("true"));
}

TEST_F(RequestContextTest, IsOfOneRegionForIam) {
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:RequestedRegion"), ElementsAre("us-east-1"));
  Fill<GetAccessKeyInfo>({});
  EXPECT_THAT(Values("aws:RequestedRegion"), ElementsAre("eu-central-1"));
}

TEST_F(RequestContextTest, HasTheTagsOfTheResource) {
  const ResourceType& user = *GetUser::Info().action->resource.types.front();
  resource = {.arn = "arn:aws:iam::111122223333:user/eve",
              .type = &user,
              .entity = {.name = "eve", .tags = {{.key = "Stage", .value = "test"}}},
              .exists = true};
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:ResourceTag/Stage"), ElementsAre("test"));
  EXPECT_THAT(Values("iam:ResourceTag/Stage"), ElementsAre("test"));
  EXPECT_THAT(Values("aws:ResourceAccount"), ElementsAre("111122223333"));
  resource.exists = false;
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:ResourceTag/Stage"), IsEmpty());
  resource = {.arn = "*"};
  Fill<GetUser>({});
  EXPECT_THAT(Values("aws:ResourceAccount"), IsEmpty());
}

TEST_F(RequestContextTest, HasTheTagsOfTheRequest) {
  Fill<CreateUser>({.user_name = "dan", .tags = {{{.key = "a", .value = "1"}, {.key = "B", .value = ""}}}});
  EXPECT_THAT(Values("aws:RequestTag/a"), ElementsAre("1"));
  EXPECT_THAT(Values("aws:RequestTag/b"), ElementsAre(""));
  EXPECT_THAT(Values("aws:TagKeys"), ElementsAre("a", "B"));
  Fill<CreateUser>({.user_name = "dan"});
  EXPECT_THAT(Values("aws:TagKeys"), IsEmpty());
  Fill<UntagUser>({.user_name = "dan", .tag_keys = {"x", "y"}});
  EXPECT_THAT(Values("aws:TagKeys"), ElementsAre("x", "y"));
}

TEST_F(RequestContextTest, HasTheActionsOwnKeysFromTheRequest) {
  Fill<AttachUserPolicy>({.user_name = "eve", .policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"});
  EXPECT_THAT(Values("iam:PolicyARN"), ElementsAre("arn:aws:iam::aws:policy/ReadOnlyAccess"));
  Fill<GetWebIdentityToken>({.audience = {"a", "b"}, .duration_seconds = 300, .signing_algorithm = "RS256"});
  EXPECT_THAT(Values("sts:DurationSeconds"), ElementsAre("300"));
  EXPECT_THAT(Values("sts:IdentityTokenAudience"), ElementsAre("a", "b"));
  Fill<AssumeRole>({.role_arn = "r", .role_session_name = "s1", .external_id = "x9"});
  EXPECT_THAT(Values("sts:RoleSessionName"), ElementsAre("s1"));
  EXPECT_THAT(Values("sts:ExternalId"), ElementsAre("x9"));
}

TEST_F(RequestContextTest, HasTheBoundaryOfTheResourceOrTheRequest) {
  resource.entity.boundary_arn = "arn:aws:iam::111122223333:policy/now";
  Fill<DeleteUserPolicy>({.user_name = "eve", .policy_name = "p"});
  EXPECT_THAT(Values("iam:PermissionsBoundary"), ElementsAre("arn:aws:iam::111122223333:policy/now"));
  Fill<PutUserPermissionsBoundary>(
      {.user_name = "eve", .permissions_boundary = "arn:aws:iam::111122223333:policy/new"});
  EXPECT_THAT(Values("iam:PermissionsBoundary"), ElementsAre("arn:aws:iam::111122223333:policy/new"));
}

TEST_F(RequestContextTest, HasTheServiceOfACredentialInLowerCase) {
  Fill<CreateServiceSpecificCredential>(
      {.user_name = "eve", .service_name = "Bedrock.amazonaws.com", .credential_age_days = 30});
  EXPECT_THAT(Values("iam:ServiceSpecificCredentialServiceName"), ElementsAre("bedrock.amazonaws.com"));
  EXPECT_THAT(Values("iam:ServiceSpecificCredentialAgeDays"), ElementsAre("30"));
  Fill<CreateServiceSpecificCredential>({.user_name = "eve", .service_name = "bedrock.amazonaws.com"});
  EXPECT_THAT(Values("iam:ServiceSpecificCredentialAgeDays"), IsEmpty());
  Fill<ResetServiceSpecificCredential>({.service_specific_credential_id = "ACCAEXAMPLEEXAMPLE123"});
  EXPECT_THAT(Values("iam:ServiceSpecificCredentialServiceName"), IsEmpty());
  resource.credential_service = "codecommit.amazonaws.com";
  Fill<ResetServiceSpecificCredential>({.service_specific_credential_id = "ACCAEXAMPLEEXAMPLE123"});
  EXPECT_THAT(Values("iam:ServiceSpecificCredentialServiceName"), ElementsAre("codecommit.amazonaws.com"));
}

TEST_F(RequestContextTest, TakesTheFirstOriginThatHasAValue) {
  caller.caller.session = Caller::Session{.source_identity = "Dana"};
  Fill<AssumeRole>({.role_arn = "r", .role_session_name = "s1"});
  EXPECT_THAT(Values("sts:SourceIdentity"), ElementsAre("Dana"));
  Fill<AssumeRole>({.role_arn = "r", .role_session_name = "s1", .source_identity = "Dora"});
  EXPECT_THAT(Values("sts:SourceIdentity"), ElementsAre("Dora"));
}

TEST_F(RequestContextTest, GivesAnAdditionalActionItsOwnKeysOnly) {
  const AssumeRole::Request request{
      .role_arn = "r", .role_session_name = "s1", .tags = {{{.key = "a", .value = "1"}}}, .source_identity = "Dora"};
  Fill<AssumeRole>(request, 0);  // sts:TagSession
  EXPECT_THAT(Values("aws:RequestTag/a"), ElementsAre("1"));
  EXPECT_THAT(Values("sts:RoleSessionName"), IsEmpty());
  Fill<AssumeRole>(request, 1);  // sts:SetSourceIdentity
  EXPECT_THAT(Values("sts:SourceIdentity"), ElementsAre("Dora"));
  EXPECT_THAT(Values("aws:RequestTag/a"), IsEmpty());
}

TEST_F(RequestContextTest, HasConstantsWhereTheActionIsAlwaysForOneService) {
  Fill<AddRoleToInstanceProfile>({.instance_profile_name = "box", .role_name = "r"}, 0);
  EXPECT_THAT(Values("iam:PassedToService"), ElementsAre("ec2.amazonaws.com"));
}

TEST_F(RequestContextTest, AnEmptyListHasNoValue) {
  const ActionInfo& tag_session = AssumeRole::Info().action->also[0];
  AssumeRole::Request request{.tags = std::vector<gen::sts::Tag>()};
  EXPECT_FALSE(AnyHasValue(tag_session.when, caller, &request));
  request.tags->push_back({.key = "a", .value = "1"});
  EXPECT_TRUE(AnyHasValue(tag_session.when, caller, &request));
  request.tags.reset();
  caller.caller.session = Caller::Session{.transitive_tags = {{.key = "a", .value = "1"}}};
  EXPECT_TRUE(AnyHasValue(tag_session.when, caller, &request));
}

TEST_F(RequestContextTest, ABooleanHasAValueWhenItIsTrue) {
  const ActionInfo& everybody = *ListServiceSpecificCredentials::Info().action->instead;
  ListServiceSpecificCredentials::Request request{.all_users = false};
  EXPECT_FALSE(AnyHasValue(everybody.when, caller, &request));
  request.all_users = true;
  EXPECT_TRUE(AnyHasValue(everybody.when, caller, &request));
}

// ---- Policies that allow only with a key, through the whole service.

struct ConditionCase {
  std::string condition;
  bool allows;
};

class ConditionTest : public ::testing::TestWithParam<ConditionCase> {};

TEST_P(ConditionTest, DecidesAboutTheRequest) {
  Service service;
  const Credentials bob = service.AddUser("bob", "/ops/", {{.key = "team", .value = "blue"}});
  service.AddUser("eve", "/", {{.key = "team", .value = "blue"}});
  service.Allow("bob", "iam:GetUser", "*", GetParam().condition);
  const Answer answer =
      service.As(bob).From("203.0.113.9").OverTls().With("User-Agent", "tool/1").Call<GetUser>({.user_name = "eve"});
  if (GetParam().allows) {
    EXPECT_THAT(answer, Succeeds());
  } else {
    EXPECT_THAT(answer, Fails(ErrorCode::kAccessDenied));
  }
}

INSTANTIATE_TEST_SUITE_P(
    GlobalKeys, ConditionTest,
    ::testing::Values(ConditionCase{"{'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::111122223333:user/ops/bob'}}",
                                    true},
                      ConditionCase{"{'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::111122223333:user/bob'}}", false},
                      ConditionCase{"{'StringEquals':{'aws:PrincipalTag/team':'${aws:ResourceTag/team}'}}", true},
                      ConditionCase{"{'StringEquals':{'iam:ResourceTag/team':'red'}}", false},
                      ConditionCase{"{'StringEquals':{'aws:username':'bob','aws:PrincipalType':'User'}}", true},
                      ConditionCase{"{'IpAddress':{'aws:SourceIp':'203.0.113.0/24'}}", true},
                      ConditionCase{"{'IpAddress':{'aws:SourceIp':'198.51.100.0/24'}}", false},
                      ConditionCase{"{'Bool':{'aws:SecureTransport':'true'}}", true},
                      ConditionCase{"{'Bool':{'aws:SecureTransport':'false'}}", false},
                      ConditionCase{"{'DateLessThan':{'aws:CurrentTime':'2026-03-02T00:00:00Z'}}", true},
                      ConditionCase{"{'DateLessThan':{'aws:CurrentTime':'2026-03-01T00:00:00Z'}}", false},
                      ConditionCase{"{'NumericGreaterThan':{'aws:EpochTime':'1772366399'}}", true},
                      ConditionCase{"{'StringLike':{'aws:UserAgent':'tool/*'}}", true},
                      ConditionCase{"{'Null':{'aws:MultiFactorAuthPresent':'true'}}", true},
                      ConditionCase{"{'Bool':{'aws:MultiFactorAuthPresent':'true'}}", false},
                      ConditionCase{"{'StringEquals':{'aws:RequestedRegion':'us-east-1'}}", true},
                      ConditionCase{"{'StringEquals':{'aws:ResourceAccount':'${aws:PrincipalAccount}'}}", true}));

}  // namespace
}  // namespace claviger::service

// Sessions of roles and federated users through the whole service: who gets them, who they are, and what they may do.
#include <string>

#include "gen/organizations/operations.h"
#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using gen::organizations::api::DescribeOrganization;
using gen::organizations::api::ListRoots;
using gen::sts::api::AssumeRole;
using gen::sts::api::GetAccessKeyInfo;
using gen::sts::api::GetCallerIdentity;
using gen::sts::api::GetFederationToken;
using gen::sts::api::GetSessionToken;

constexpr char kBobArn[] = "arn:aws:iam::111122223333:user/bob";
constexpr char kInvalidToken[] = "The security token included in the request is invalid.";

class RoleSessionTest : public ::testing::Test {
 protected:
  Answer Assume(const Credentials& credentials, const directory::Role& role, AssumeRole::Request request = {}) {
    request.role_arn = Service::ArnOf(role);
    if (request.role_session_name.empty()) request.role_session_name = "dana";
    return service.As(credentials).Call<AssumeRole>(request);
  }
  Credentials SessionOf(const Credentials& credentials, const directory::Role& role, AssumeRole::Request request = {}) {
    return Service::In(Assume(credentials, role, std::move(request)));
  }
  Answer WhoAmI(const Credentials& credentials) { return service.As(credentials).Call<GetCallerIdentity>({}); }
  Answer GetBob(const Credentials& credentials) { return service.As(credentials).Call<GetUser>({.user_name = "bob"}); }

  static auto IsDenied(const std::string& who, const std::string& action, const directory::Role& role) {
    return FailsSaying(ErrorCode::kAccessDenied, "User: " + who + " is not authorized to perform: " + action +
                                                     " on resource: " + Service::ArnOf(role));
  }
  std::optional<directory::RoleUse> UseOf(const directory::Role& role) {
    std::optional<directory::RoleUse> use;
    service.Change([&](directory::Directory& directory) -> Result<> {
      use = TRY(directory.roles.FindUse(role.id));
      return {};
    });
    return use;
  }
  void Revoke(directory::RevocationKind kind, const std::string& what) {
    service.Change(
        [&](directory::Directory& directory) { return directory.revocations.Revoke(kind, what, service.clock.now); });
  }

  Service service;
  Credentials bob = service.AddUser("bob");
  const std::string account = "{'AWS':'111122223333'}";
  const std::string by_name = "{'AWS':'arn:aws:iam::111122223333:user/bob'}";
};

// ---- Who may assume a role

TEST_F(RoleSessionTest, AnAccountThatIsTrustedMustAllowToo) {
  const auto role = service.AddRole("Reader", account);
  EXPECT_THAT(Assume(bob, role), IsDenied(kBobArn, "sts:AssumeRole", role));
  service.Allow("bob", "sts:AssumeRole", "arn:aws:iam::111122223333:role/Other");
  EXPECT_THAT(Assume(bob, role), IsDenied(kBobArn, "sts:AssumeRole", role));
  service.Allow("bob", "sts:AssumeRole", Service::ArnOf(role));
  EXPECT_THAT(Assume(bob, role), Succeeds());
}

TEST_F(RoleSessionTest, WhoIsTrustedByNameNeedsNoPolicy) {
  const auto role = service.AddRole("Reader", by_name);
  EXPECT_THAT(Assume(bob, role), Succeeds());
  service.AddUser("eve");
  EXPECT_THAT(Assume(service.AddUser("mallory"), role),
              IsDenied("arn:aws:iam::111122223333:user/mallory", "sts:AssumeRole", role));
}

TEST_F(RoleSessionTest, AnExplicitDenyWins) {
  const auto role = service.AddRole("Reader", by_name);
  service.Deny("bob", "sts:AssumeRole");
  EXPECT_THAT(Assume(bob, role),
              FailsSaying(ErrorCode::kAccessDenied,
                          std::string("User: ") + kBobArn +
                              " is not authorized to perform: sts:AssumeRole on resource: "
                              "arn:aws:iam::111122223333:role/Reader with an explicit deny in an identity-based "
                              "policy"));
}

TEST_F(RoleSessionTest, AnotherAccountNeedsBothSides) {
  const auto trusting = service.AddRole("Reader", account, "'sts:AssumeRole'", "{}", "/", kOtherAccount);
  const auto naming = service.AddRole("Named", by_name, "'sts:AssumeRole'", "{}", "/", kOtherAccount);
  const auto deaf = service.AddRole("Deaf", "{'AWS':'444455556666'}", "'sts:AssumeRole'", "{}", "/", kOtherAccount);
  EXPECT_THAT(Assume(bob, trusting), IsDenied(kBobArn, "sts:AssumeRole", trusting));
  EXPECT_THAT(Assume(bob, naming), IsDenied(kBobArn, "sts:AssumeRole", naming));
  service.Allow("bob", "sts:AssumeRole");
  const Credentials session = SessionOf(bob, trusting);
  EXPECT_THAT(Assume(bob, naming), Succeeds());
  EXPECT_THAT(Assume(bob, deaf), IsDenied(kBobArn, "sts:AssumeRole", deaf));
  EXPECT_EQ(WhoAmI(session).Text("Account"), "444455556666");
  EXPECT_EQ(WhoAmI(session).Text("Arn"), "arn:aws:sts::444455556666:assumed-role/Reader/dana");
}

TEST_F(RoleSessionTest, TrustInAServiceIsNoTrustInUsers) {
  const auto role = service.AddRole("Box", "{'Service':'ec2.amazonaws.com'}");
  service.Allow("bob", "*");
  EXPECT_THAT(Assume(bob, role), IsDenied(kBobArn, "sts:AssumeRole", role));
}

TEST_F(RoleSessionTest, RootMayNotAssumeAny) {
  const auto role = service.AddRole("Reader", "{'AWS':'*'}");
  EXPECT_THAT(Assume(service.root, role),
              FailsSaying(ErrorCode::kAccessDenied, "Roles may not be assumed by root accounts."));
}

TEST_F(RoleSessionTest, AMissingRoleIsDeniedLikeAnyOther) {
  service.Allow("bob", "*");
  EXPECT_THAT(
      service.As(bob).Call<AssumeRole>({.role_arn = "arn:aws:iam::111122223333:role/None", .role_session_name = "s1"}),
      FailsSaying(ErrorCode::kAccessDenied, std::string("User: ") + kBobArn +
                                                " is not authorized to perform: sts:AssumeRole on resource: "
                                                "arn:aws:iam::111122223333:role/None"));
  EXPECT_THAT(
      service.As(bob).Call<AssumeRole>({.role_arn = "arn:aws:iam::111122223333:role/", .role_session_name = "s1"}),
      Fails(ErrorCode::kAccessDenied));
}

TEST_F(RoleSessionTest, ChecksItsArgumentsInSts) {
  const auto role = service.AddRole("Reader", by_name);
  EXPECT_THAT(Assume(bob, role, {.role_session_name = "Session1:2"}),
              FailsSaying(ErrorCode::kValidationError,
                          "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy "
                          "constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"));
  EXPECT_THAT(Assume(bob, role, {.duration_seconds = 899}),
              FailsSaying(ErrorCode::kValidationError,
                          "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy "
                          "constraint: Member must have value greater than or equal to 900"));
  EXPECT_THAT(Assume(bob, role, {.source_identity = "aws:x"}), Fails(ErrorCode::kValidationError));
  EXPECT_THAT(service.As(bob).Call<AssumeRole>({.role_arn = "arn:aws:iam:::::no/no", .role_session_name = "s1"}),
              Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(service.As(bob).Call<AssumeRole>({.role_arn = "no arn of any role at all", .role_session_name = "s1"}),
              FailsSaying(ErrorCode::kValidationError, "no arn of any role at all is invalid"));
}

TEST_F(RoleSessionTest, AnExternalIdIsForTheTrustPolicyToAskFor) {
  const auto role =
      service.AddRole("Reader", by_name, "'sts:AssumeRole'", "{'StringEquals':{'sts:ExternalId':'secret'}}");
  EXPECT_THAT(Assume(bob, role), IsDenied(kBobArn, "sts:AssumeRole", role));
  EXPECT_THAT(Assume(bob, role, {.external_id = "wrong"}), IsDenied(kBobArn, "sts:AssumeRole", role));
  EXPECT_THAT(Assume(bob, role, {.external_id = "secret"}), Succeeds());
  EXPECT_THAT(Assume(bob, service.AddRole("Open", by_name), {.external_id = "whatever"}), Succeeds());
}

TEST_F(RoleSessionTest, TrustMayPinTheSessionName) {
  const auto role = service.AddRole("Reader", by_name, "'sts:AssumeRole'",
                                    "{'StringEquals':{'sts:RoleSessionName':'${aws:username}'}}");
  EXPECT_THAT(Assume(bob, role), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(Assume(bob, role, {.role_session_name = "bob"}), Succeeds());
}

TEST_F(RoleSessionTest, MfaIsLookedAtBeforeTrust) {
  const auto role = service.AddRole("Reader", "{'Service':'ec2.amazonaws.com'}");
  EXPECT_THAT(Assume(bob, role, {.token_code = "123456"}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "MultiFactorAuthentication failed, must provide both MFA serial "
                          "number and one time pass code."));
}

TEST_F(RoleSessionTest, TrustThatWantsMfaIsMetByASessionThatHasIt) {
  const auto role =
      service.AddRole("Reader", by_name, "'sts:AssumeRole'", "{'Bool':{'aws:MultiFactorAuthPresent':'true'}}");
  EXPECT_THAT(Assume(bob, role), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(Assume(service.SessionOf("bob", false), role), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(Assume(service.SessionOf("bob", true), role), Succeeds());
}

// ---- Tags and source identity need a permission of their own, on both sides

TEST_F(RoleSessionTest, TagsNeedTagSession) {
  const auto role = service.AddRole("Reader", account);
  service.Allow("bob", "sts:AssumeRole");
  const AssumeRole::Request tagged{.tags = {{{.key = "Team", .value = "blue"}}}};
  EXPECT_THAT(Assume(bob, role, tagged), IsDenied(kBobArn, "sts:TagSession", role));
  service.Allow("bob", "sts:TagSession");
  EXPECT_THAT(Assume(bob, role, tagged), IsDenied(kBobArn, "sts:TagSession", role));  // The trust policy does not.
  auto changed = role;
  service.SetTrust(changed, account, "'sts:AssumeRole','sts:TagSession'", "{}");
  service.ReplaceRole(changed);
  EXPECT_THAT(Assume(bob, role, tagged), Succeeds());
}

TEST_F(RoleSessionTest, OneStatementMayAskAboutAllOfTheRequest) {
  const auto role = service.AddRole("Reader", by_name, "'sts:AssumeRole','sts:TagSession','sts:SetSourceIdentity'",
                                    "{'StringEquals':{'sts:ExternalId':'secret','aws:RequestTag/Team':'blue',"
                                    "'sts:SourceIdentity':'Dana'}}");
  AssumeRole::Request request{
      .tags = {{{.key = "Team", .value = "blue"}}}, .external_id = "secret", .source_identity = "Dana"};
  EXPECT_THAT(Assume(bob, role, request), Succeeds());
  request.tags->front().value = "red";
  EXPECT_THAT(Assume(bob, role, request), Fails(ErrorCode::kAccessDenied));
}

TEST_F(RoleSessionTest, ASourceIdentityNeedsItsPermission) {
  const auto role = service.AddRole("Reader", by_name);
  EXPECT_THAT(Assume(bob, role, {.source_identity = "Dana"}), IsDenied(kBobArn, "sts:SetSourceIdentity", role));
}

// ---- Who a session is

TEST_F(RoleSessionTest, IsTheRoleInASession) {
  const auto role = service.AddRole("Reader", by_name, "'sts:AssumeRole'", "{}", "/svc/");
  const Answer answer = Assume(bob, role);
  EXPECT_EQ(answer.Text("AssumedRoleId"), role.id + ":dana");
  EXPECT_EQ(answer.Text("Arn"), "arn:aws:sts::111122223333:assumed-role/Reader/dana");
  const Answer who = WhoAmI(Service::In(answer));
  EXPECT_EQ(who.Text("Arn"), "arn:aws:sts::111122223333:assumed-role/Reader/dana");
  EXPECT_EQ(who.Text("UserId"), role.id + ":dana");
  EXPECT_EQ(who.Text("Account"), "111122223333");
}

TEST_F(RoleSessionTest, IsShownInTheAccessLogAndInDenials) {
  const auto role = service.AddRole("Reader", by_name);
  const Credentials session = SessionOf(bob, role);
  service.worker->access_log().Take();
  EXPECT_THAT(GetBob(session),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:sts::111122223333:assumed-role/Reader/dana is not authorized to perform: "
                          "iam:GetUser on resource: user bob because no identity-based policy allows the iam:GetUser "
                          "action"));
  EXPECT_NE(
      service.worker->access_log().Take().find(R"("principal":"arn:aws:sts::111122223333:assumed-role/Reader/dana")"),
      std::string::npos);
}

TEST_F(RoleSessionTest, HasThePoliciesThatTheRoleHasNow) {
  const auto role = service.AddRole("Reader", by_name);
  const Credentials session = SessionOf(bob, role);
  EXPECT_THAT(GetBob(session), Fails(ErrorCode::kAccessDenied));
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:GetUser"));
  EXPECT_THAT(GetBob(session), Succeeds());
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:ListUsers"));
  EXPECT_THAT(GetBob(session), Fails(ErrorCode::kAccessDenied));
}

TEST_F(RoleSessionTest, HasTheKeysOfARole) {
  const auto role = service.AddRole("Reader", by_name, "'sts:AssumeRole','sts:SetSourceIdentity'", "{}", "/svc/");
  const Credentials session = SessionOf(bob, role, {.source_identity = "Dana"});
  const auto allows_if = [&](const std::string& condition) {
    service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:GetUser", "*", condition));
    return GetBob(session).status == 200;
  };
  EXPECT_TRUE(allows_if("{'StringEquals':{'aws:PrincipalArn':'arn:aws:iam::111122223333:role/svc/Reader'}}"));
  EXPECT_TRUE(allows_if("{'StringEquals':{'aws:userid':'" + role.id + ":dana'}}"));
  EXPECT_TRUE(allows_if("{'StringEquals':{'aws:PrincipalType':'AssumedRole','aws:PrincipalAccount':'111122223333'}}"));
  EXPECT_TRUE(allows_if("{'StringEquals':{'aws:SourceIdentity':'Dana'}}"));
  EXPECT_TRUE(allows_if("{'Bool':{'aws:MultiFactorAuthPresent':'false'}}"));
  EXPECT_TRUE(allows_if("{'Null':{'aws:username':'true','aws:MultiFactorAuthAge':'true'}}"));
  EXPECT_TRUE(allows_if("{'DateEquals':{'aws:TokenIssueTime':'2026-03-01T12:00:00Z'}}"));
  EXPECT_FALSE(allows_if("{'StringEquals':{'aws:SourceIdentity':'dana'}}"));
}

TEST_F(RoleSessionTest, TagsOfTheSessionGoOverThoseOfTheRole) {
  auto role = service.AddRole("Reader", by_name, "'sts:AssumeRole','sts:TagSession'");
  role.tags = {{.key = "Team", .value = "red"}, {.key = "Stage", .value = "test"}};
  service.ReplaceRole(role);
  service.PutRolePolicy(role, "p",
                        Service::Statement("Allow", "iam:GetUser", "*",
                                           "{'StringEquals':{'aws:PrincipalTag/Team':'blue',"
                                           "'aws:PrincipalTag/Stage':'test'}}"));
  EXPECT_THAT(GetBob(SessionOf(bob, role)), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(GetBob(SessionOf(bob, role, {.tags = {{{.key = "team", .value = "blue"}}}})), Succeeds());
}

TEST_F(RoleSessionTest, ObeysTheRolesBoundary) {
  auto role = service.AddRole("Reader", by_name);
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:*"));
  role.boundary = service.AddManagedPolicy("edge", Service::Statement("Allow", "iam:ListUsers")).id;
  service.ReplaceRole(role);
  EXPECT_THAT(GetBob(SessionOf(bob, role)),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:sts::111122223333:assumed-role/Reader/dana is not authorized to perform: "
                          "iam:GetUser on resource: user bob because no permissions boundary allows the iam:GetUser "
                          "action"));
}

TEST_F(RoleSessionTest, NeverImpliesAUser) {
  const auto role = service.AddRole("Reader", by_name);
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:*"));
  EXPECT_THAT(service.As(SessionOf(bob, role)).Call<ListAccessKeys>({}),
              FailsSaying(ErrorCode::kValidationError, "Must specify userName when calling with non-User credentials"));
}

// ---- Session policies

TEST_F(RoleSessionTest, AnInlineSessionPolicyNarrows) {
  const auto role = service.AddRole("Reader", by_name);
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:*"));
  std::string policy = Service::Statement("Allow", "iam:ListUsers");
  std::ranges::replace(policy, '\'', '"');
  const Credentials session = SessionOf(bob, role, {.policy = policy});
  EXPECT_THAT(service.As(session).Call<ListUsers>({}), Succeeds());
  EXPECT_THAT(GetBob(session),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:sts::111122223333:assumed-role/Reader/dana is not authorized to perform: "
                          "iam:GetUser on resource: user bob because no session policy allows the iam:GetUser action"));
}

TEST_F(RoleSessionTest, AnInlineSessionPolicyGivesNothing) {
  const auto role = service.AddRole("Reader", by_name);
  std::string policy = Service::Statement("Allow", "*");
  std::ranges::replace(policy, '\'', '"');
  EXPECT_THAT(GetBob(SessionOf(bob, role, {.policy = policy})), Fails(ErrorCode::kAccessDenied));
}

TEST_F(RoleSessionTest, ManagedSessionPoliciesNarrowAsTheyAreNow) {
  const auto role = service.AddRole("Reader", by_name);
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:*"));
  const auto policy = service.AddManagedPolicy("users", Service::Statement("Allow", "iam:GetUser"));
  const Credentials session =
      SessionOf(bob, role, {.policy_arns = {{{.arn = "arn:aws:iam::111122223333:policy/users"}}}});
  EXPECT_THAT(GetBob(session), Succeeds());
  EXPECT_THAT(service.As(session).Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
  service.Change([&](directory::Directory& directory) { return directory.policies.Remove(policy); });
  EXPECT_THAT(GetBob(session), Fails(ErrorCode::kAccessDenied));  // Gone: it might have denied.
}

// ---- Chains

TEST_F(RoleSessionTest, ChainsWithTransitiveTagsAndSourceIdentity) {
  const std::string actions = "'sts:AssumeRole','sts:TagSession','sts:SetSourceIdentity'";
  const auto first = service.AddRole("First", by_name, actions);
  const auto second = service.AddRole("Second", "{'AWS':'" + Service::ArnOf(first) + "'}", actions);
  const auto third = service.AddRole("Third", "{'AWS':'" + Service::ArnOf(second) + "'}", actions);
  const Credentials one = SessionOf(bob, first,
                                    {.tags = {{{.key = "Team", .value = "blue"}, {.key = "Local", .value = "1"}}},
                                     .transitive_tag_keys = {{"Team"}},
                                     .source_identity = "Dana"});
  const Credentials two = SessionOf(one, second);
  const Answer answer = Assume(two, third);
  EXPECT_EQ(answer.Text("SourceIdentity"), "Dana");
  const Credentials three = Service::In(answer);
  EXPECT_EQ(WhoAmI(three).Text("Arn"), "arn:aws:sts::111122223333:assumed-role/Third/dana");
  service.PutRolePolicy(third, "p",
                        Service::Statement("Allow", "iam:GetUser", "*",
                                           "{'StringEquals':{'aws:PrincipalTag/Team':'blue','aws:SourceIdentity':'Dana'"
                                           "},'Null':{'aws:PrincipalTag/Local':'true'}}"));
  EXPECT_THAT(GetBob(three), Succeeds());
}

TEST_F(RoleSessionTest, AChainNeedsTagSessionForWhatItInherits) {
  const auto first = service.AddRole("First", by_name, "'sts:AssumeRole','sts:TagSession'");
  const auto second = service.AddRole("Second", "{'AWS':'" + Service::ArnOf(first) + "'}");
  const Credentials one =
      SessionOf(bob, first, {.tags = {{{.key = "Team", .value = "blue"}}}, .transitive_tag_keys = {{"Team"}}});
  EXPECT_THAT(Assume(one, second),
              IsDenied("arn:aws:sts::111122223333:assumed-role/First/dana", "sts:TagSession", second));
}

TEST_F(RoleSessionTest, ARoleThatAssumesItselfMustTrustItself) {
  const auto role = service.AddRole("Reader", by_name);
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "sts:AssumeRole"));
  const Credentials session = SessionOf(bob, role);
  EXPECT_THAT(Assume(session, role),
              IsDenied("arn:aws:sts::111122223333:assumed-role/Reader/dana", "sts:AssumeRole", role));
}

TEST_F(RoleSessionTest, TrustMayNameASession) {
  const auto first = service.AddRole("First", by_name);
  const auto second = service.AddRole("Second", "{'AWS':'arn:aws:sts::111122223333:assumed-role/First/dana'}");
  EXPECT_THAT(Assume(SessionOf(bob, first), second), Succeeds());
  EXPECT_THAT(Assume(SessionOf(bob, first, {.role_session_name = "eve"}), second), Fails(ErrorCode::kAccessDenied));
}

// ---- What temporary credentials may call

TEST_F(RoleSessionTest, ARoleSessionMayNotAskForUsersCredentials) {
  const auto role = service.AddRole("Reader", by_name);
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "*"));
  const auto session = service.As(SessionOf(bob, role));
  EXPECT_THAT(session.Call<GetSessionToken>({}),
              FailsSaying(ErrorCode::kAccessDenied, "Cannot call GetSessionToken with session credentials"));
  EXPECT_THAT(session.Call<GetFederationToken>({.name = "fred"}),
              FailsSaying(ErrorCode::kAccessDenied, "Cannot call GetFederationToken with session credentials"));
  EXPECT_THAT(session.Call<GetAccessKeyInfo>({.access_key_id = bob.access_key_id}), Succeeds());
  EXPECT_THAT(session.Call<CreateUser>({.user_name = "eve"}), Succeeds());
}

TEST_F(RoleSessionTest, AUsersSessionMayAssumeRolesOnly) {
  const auto role = service.AddRole("Reader", by_name);
  service.Allow("bob", "*");
  const Credentials session = service.SessionOf("bob", false);
  EXPECT_THAT(GetBob(session), FailsSaying(ErrorCode::kInvalidClientTokenId, kInvalidToken));
  EXPECT_THAT(service.As(session).Call<GetAccessKeyInfo>({.access_key_id = bob.access_key_id}),
              Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(Assume(session, role), Succeeds());
}

// ---- Federated users

TEST_F(RoleSessionTest, AFederatedUserIsWhoItWasCalled) {
  EXPECT_THAT(service.As(bob).Call<GetFederationToken>({.name = "fred"}),
              FailsSaying(ErrorCode::kAccessDenied,
                          std::string("User: ") + kBobArn +
                              " is not authorized to perform: sts:GetFederationToken on resource: "
                              "arn:aws:sts::111122223333:federated-user/fred because no identity-based policy allows "
                              "the sts:GetFederationToken action"));
  service.Allow("bob", "sts:GetFederationToken");
  const Answer answer = service.As(bob).Call<GetFederationToken>({.name = "fred"});
  EXPECT_EQ(answer.Text("FederatedUserId"), "111122223333:fred");
  EXPECT_EQ(answer.Text("PackedPolicySize"), "0");
  const Answer who = WhoAmI(Service::In(answer));
  EXPECT_EQ(who.Text("Arn"), "arn:aws:sts::111122223333:federated-user/fred");
  EXPECT_EQ(who.Text("UserId"), "111122223333:fred");
}

TEST_F(RoleSessionTest, AFederatedUserMayCallNothingElseHere) {
  const auto role = service.AddRole("Reader", "{'AWS':'*'}");
  service.Allow("bob", "*");
  std::string policy = Service::Statement("Allow", "*");
  std::ranges::replace(policy, '\'', '"');
  for (const Credentials& federator : {bob, service.root}) {
    const Credentials fred =
        Service::In(service.As(federator).Call<GetFederationToken>({.name = "fred", .policy = policy}));
    EXPECT_THAT(WhoAmI(fred), Succeeds());
    EXPECT_THAT(GetBob(fred), FailsSaying(ErrorCode::kInvalidClientTokenId, kInvalidToken));
    EXPECT_THAT(Assume(fred, role), Fails(ErrorCode::kAccessDenied));
    EXPECT_THAT(service.As(fred).Call<GetAccessKeyInfo>({.access_key_id = bob.access_key_id}),
                Fails(ErrorCode::kAccessDenied));
    EXPECT_THAT(service.As(fred).Call<GetSessionToken>({}),
                FailsSaying(ErrorCode::kAccessDenied, "Cannot call GetSessionToken with session credentials"));
  }
}

TEST_F(RoleSessionTest, AFederatedUserMayElsewhereWhatItsFederatorAndItsPoliciesBothMay) {
  service.Allow("bob", "sts:GetFederationToken");
  service.Allow("bob", "organizations:ListRoots");
  std::string policy = Service::Statement("Allow", "organizations:*");
  std::ranges::replace(policy, '\'', '"');
  const auto federate = [&](const Credentials& federator, const GetFederationToken::Request& request) {
    return service.As(Service::In(service.As(federator).Call<GetFederationToken>(request)));
  };
  const auto is_denied = [](const Answer& answer) {
    return answer.code == WireCode(ErrorCode::kAccessDeniedException);
  };
  const GetFederationToken::Request wide{.name = "fred", .policy = policy};
  EXPECT_FALSE(is_denied(federate(bob, wide).Call<ListRoots>({})));
  EXPECT_TRUE(is_denied(federate(bob, wide).Call<DescribeOrganization>({})));
  EXPECT_FALSE(is_denied(federate(service.root, wide).Call<DescribeOrganization>({})));
  for (const Credentials& federator : {bob, service.root}) {
    const Answer answer = federate(federator, {.name = "fred"}).Call<ListRoots>({});
    EXPECT_THAT(answer, FailsInJson(ErrorCode::kAccessDeniedException));
    EXPECT_EQ(answer.message,
              "User: arn:aws:sts::111122223333:federated-user/fred is not authorized to perform: "
              "organizations:ListRoots on resource: * because no session policy allows the organizations:ListRoots "
              "action");
  }
}

TEST_F(RoleSessionTest, FederatedTagsNeedTagSession) {
  service.Allow("bob", "sts:GetFederationToken");
  const GetFederationToken::Request tagged{.name = "fred", .tags = {{{.key = "Team", .value = "blue"}}}};
  EXPECT_THAT(service.As(bob).Call<GetFederationToken>(tagged), Fails(ErrorCode::kAccessDenied));
  service.Allow("bob", "sts:TagSession");
  EXPECT_THAT(service.As(bob).Call<GetFederationToken>(tagged), Succeeds());
}

TEST_F(RoleSessionTest, TheKeyOfASessionTellsItsAccount) {
  const auto role = service.AddRole("Reader", account, "'sts:AssumeRole'", "{}", "/", kOtherAccount);
  service.Allow("bob", "sts:*");
  EXPECT_EQ(
      service.As(bob).Call<GetAccessKeyInfo>({.access_key_id = SessionOf(bob, role).access_key_id}).Text("Account"),
      "444455556666");
}

// ---- Last use

TEST_F(RoleSessionTest, TheUseOfARoleIsOnRecordButNotEveryOne) {
  const auto role = service.AddRole("Reader", by_name);
  const Credentials session = SessionOf(bob, role);
  EXPECT_EQ(UseOf(role), std::nullopt);  // Being assumed is no use.
  service.As(session).SignedFor("eu-west-1").Call<GetCallerIdentity>({});
  ASSERT_TRUE(UseOf(role).has_value());
  EXPECT_EQ(UseOf(role)->time, service.clock.now);
  EXPECT_EQ(UseOf(role)->region, "eu-west-1");
  const TimePoint first = service.clock.now;
  service.clock.now += std::chrono::minutes(14);
  WhoAmI(session);
  WhoAmI(SessionOf(bob, role));
  EXPECT_EQ(UseOf(role)->time, first);
  service.clock.now += std::chrono::minutes(1);
  WhoAmI(session);
  EXPECT_EQ(UseOf(role)->time, service.clock.now);
  EXPECT_EQ(service.As(service.root).Call<GetRole>({.role_name = "Reader"}).Text("LastUsedDate"),
            "2026-03-01T12:15:00Z");
}

// ---- Ending sessions early

TEST_F(RoleSessionTest, EndsWhenItsRoleIsRevokedButALaterOneGoesOn) {
  const auto role = service.AddRole("Reader", by_name);
  const Credentials before = SessionOf(bob, role);
  ASSERT_THAT(WhoAmI(before), Succeeds());
  Revoke(directory::RevocationKind::kRole, role.id);
  EXPECT_THAT(WhoAmI(before), FailsSaying(ErrorCode::kInvalidClientTokenId, kInvalidToken));
  service.clock.now += std::chrono::microseconds(1);
  EXPECT_THAT(WhoAmI(SessionOf(bob, role)), Succeeds());
}

TEST_F(RoleSessionTest, EndsWithWhatItBeganWith) {
  const auto first = service.AddRole("First", by_name, "'sts:AssumeRole','sts:SetSourceIdentity'");
  const auto second = service.AddRole("Second", "{'AWS':'" + Service::ArnOf(first) + "'}",
                                      "'sts:AssumeRole','sts:SetSourceIdentity'", "{}", "/", kOtherAccount);
  service.PutRolePolicy(first, "p", Service::Statement("Allow", "sts:*"));
  const auto chained = [&](std::string& first_key) {
    service.clock.now += std::chrono::seconds(1);
    const Credentials one = SessionOf(bob, first, {.source_identity = "Dana"});
    first_key = one.access_key_id;
    return SessionOf(one, second);
  };
  std::string first_key;
  const Credentials other = SessionOf(bob, first);
  for (const auto kind : {directory::RevocationKind::kUser, directory::RevocationKind::kAccessKey}) {
    const Credentials session = chained(first_key);
    ASSERT_THAT(WhoAmI(session), Succeeds());
    Revoke(kind, kind == directory::RevocationKind::kUser ? service.IdOf("bob") : bob.access_key_id);
    EXPECT_THAT(WhoAmI(session), Fails(ErrorCode::kInvalidClientTokenId));
  }
  const Credentials session = chained(first_key);
  const Credentials sibling = SessionOf(bob, first);
  Revoke(directory::RevocationKind::kAccessKey, first_key);
  EXPECT_THAT(WhoAmI(session), Fails(ErrorCode::kInvalidClientTokenId));
  EXPECT_THAT(WhoAmI(sibling), Succeeds());
  EXPECT_THAT(WhoAmI(bob), Succeeds());  // Long-term keys are for their status to end.
}

TEST_F(RoleSessionTest, EndsWithItsSourceIdentityInItsAccount) {
  const auto role = service.AddRole("Reader", by_name, "'sts:AssumeRole','sts:SetSourceIdentity'");
  const Credentials dana = SessionOf(bob, role, {.source_identity = "Dana"});
  const Credentials dora = SessionOf(bob, role, {.source_identity = "Dora"});
  Revoke(directory::RevocationKind::kSourceIdentity, "Dana");
  EXPECT_THAT(WhoAmI(dana), Fails(ErrorCode::kInvalidClientTokenId));
  EXPECT_THAT(WhoAmI(dora), Succeeds());
}

// What the console does when it revokes a role's active sessions.
TEST_F(RoleSessionTest, EndsByADenialOfOlderTokens) {
  const auto role = service.AddRole("Reader", by_name);
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:*"));
  const Credentials before = SessionOf(bob, role);
  service.clock.now += std::chrono::minutes(1);
  service.PutRolePolicy(
      role, "AWSRevokeOlderSessions",
      Service::Statement("Deny", "*", "*", "{'DateLessThan':{'aws:TokenIssueTime':'2026-03-01T12:00:30.000Z'}}"));
  EXPECT_THAT(GetBob(before),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:sts::111122223333:assumed-role/Reader/dana is not authorized to perform: "
                          "iam:GetUser on resource: user bob with an explicit deny in an identity-based policy"));
  EXPECT_THAT(GetBob(SessionOf(bob, role)), Succeeds());
}

TEST(SessionEnd, GoesWithTheAccessKeyWhereThatIsWanted) {
  Service service(SessionEnd::kWithAccessKey);
  const Credentials bob = service.AddUser("bob");
  const auto role = service.AddRole("Reader", "{'AWS':'arn:aws:iam::111122223333:user/bob'}");
  const Credentials session =
      Service::In(service.As(bob).Call<AssumeRole>({.role_arn = Service::ArnOf(role), .role_session_name = "dana"}));
  const auto who = [&] { return service.As(session).Call<GetCallerIdentity>({}); };
  const auto set = [&](const char* status) {
    ASSERT_THAT(service.As(service.root)
                    .Call<UpdateAccessKey>({.user_name = "bob", .access_key_id = bob.access_key_id, .status = status}),
                Succeeds());
  };
  EXPECT_THAT(who(), Succeeds());
  set("Inactive");
  EXPECT_THAT(who(), FailsSaying(ErrorCode::kInvalidClientTokenId, kInvalidToken));
  set("Active");
  EXPECT_THAT(who(), Succeeds());
  ASSERT_THAT(service.As(service.root).Call<DeleteAccessKey>({.user_name = "bob", .access_key_id = bob.access_key_id}),
              Succeeds());
  EXPECT_THAT(who(), Fails(ErrorCode::kInvalidClientTokenId));
}

}  // namespace
}  // namespace claviger::service

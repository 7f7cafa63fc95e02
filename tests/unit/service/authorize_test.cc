#include "service/authorize.h"

#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using namespace gen::sts::api;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kBob = "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: ";

std::string Denied(const std::string& action, const std::string& resource, const std::string& tail) {
  return std::string(kBob) + action + (resource.empty() ? "" : " on resource: " + resource) + tail;
}

std::string BecauseNo(const std::string& kind, const std::string& action) {
  return " because no " + kind + " allows the " + action + " action";
}

class Authorize : public ::testing::Test {
 protected:
  Service service;
  Credentials bob = service.AddUser("bob");
  Credentials eve = service.AddUser("eve", "/ops/");
};

TEST_F(Authorize, DeniesWhateverNoPolicyAllows) {
  const std::string text = Denied("iam:GetUser", "user bob", BecauseNo("identity-based policy", "iam:GetUser"));
  EXPECT_THAT(service.As(bob).Call<GetUser>({}), FailsSaying(ErrorCode::kAccessDenied, text));
}

TEST_F(Authorize, AllowsWhatAPolicyAllows) {
  service.Allow("bob", "iam:GetUser");
  EXPECT_THAT(service.As(bob).Call<GetUser>({}), Succeeds());
  EXPECT_THAT(service.As(bob).Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
}

TEST_F(Authorize, AllowsTheRootUserEverything) {
  EXPECT_THAT(service.As(service.root).Call<GetUser>({.user_name = "eve"}), Succeeds());
  EXPECT_THAT(service.As(service.root).Call<CreateUser>({.user_name = "dan"}), Succeeds());
}

TEST_F(Authorize, SaysThatAnInlinePolicyDeniesExplicitly) {
  service.Allow("bob", "iam:*");
  service.Deny("bob", "iam:GetUser");
  EXPECT_THAT(service.As(bob).Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied,
                          Denied("iam:GetUser", "user bob", " with an explicit deny in an identity-based policy")));
}

TEST_F(Authorize, NamesTheManagedPolicyThatDeniesExplicitly) {
  service.Allow("bob", "iam:*");
  service.Attach("bob", service.AddManagedPolicy("NoUsers", Service::Statement("Deny", "iam:*User")));
  EXPECT_THAT(service.As(bob).Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied, Denied("iam:GetUser", "user bob",
                                                           " with an explicit deny in an identity-based policy: "
                                                           "arn:aws:iam::111122223333:policy/NoUsers")));
}

TEST_F(Authorize, SaysThatTheBoundaryDoesNotAllow) {
  service.Allow("bob", "iam:*");
  service.SetBoundary("bob", service.AddManagedPolicy("limit", Service::Statement("Allow", "iam:List*")));
  EXPECT_THAT(service.As(bob).Call<ListUsers>({}), Succeeds());
  EXPECT_THAT(service.As(bob).Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied,
                          Denied("iam:GetUser", "user bob", BecauseNo("permissions boundary", "iam:GetUser"))));
}

TEST_F(Authorize, SaysThatTheBoundaryDeniesExplicitly) {
  service.Allow("bob", "iam:*");
  service.SetBoundary("bob", service.AddManagedPolicy("limit", Service::Statement("Deny", "iam:*")));
  EXPECT_THAT(service.As(bob).Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied, Denied("iam:GetUser", "user bob",
                                                           " with an explicit deny in a permissions boundary: "
                                                           "arn:aws:iam::111122223333:policy/limit")));
}

TEST_F(Authorize, ABoundaryAloneAllowsNothing) {
  service.SetBoundary("bob", service.AddManagedPolicy("limit", Service::Statement("Allow", "*")));
  EXPECT_THAT(service.As(bob).Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied,
                          Denied("iam:GetUser", "user bob", BecauseNo("identity-based policy", "iam:GetUser"))));
}

TEST_F(Authorize, HoldsResourcesAgainstTheRealPath) {
  service.Allow("bob", "iam:GetUser", "arn:aws:iam::111122223333:user/ops/*");
  EXPECT_THAT(service.As(bob).Call<GetUser>({.user_name = "EVE"}), Succeeds());
  EXPECT_THAT(service.As(bob).Call<GetUser>({.user_name = "bob"}), Fails(ErrorCode::kAccessDenied));
}

TEST_F(Authorize, TellsOnlyThoseWhoMayThatAnEntityIsMissing) {
  service.Allow("bob", "iam:GetUser", "arn:aws:iam::111122223333:user/no*");
  EXPECT_THAT(service.As(bob).Call<GetUser>({.user_name = "nobody"}), Fails(ErrorCode::kNoSuchEntity));
  EXPECT_THAT(service.As(bob).Call<GetUser>({.user_name = "who"}), Fails(ErrorCode::kAccessDenied));
}

TEST_F(Authorize, LeavesTheResourceOutWhereAwsDoes) {
  EXPECT_THAT(
      service.As(bob).Call<GetAccessKeyInfo>({.access_key_id = bob.access_key_id}),
      FailsSaying(ErrorCode::kAccessDenied,
                  Denied("sts:GetAccessKeyInfo", "", BecauseNo("identity-based policy", "sts:GetAccessKeyInfo"))));
}

TEST_F(Authorize, LeavesTheColonOutWhereAwsDoes) {
  EXPECT_THAT(service.As(bob).Call<GetAccessKeyLastUsed>({.access_key_id = eve.access_key_id}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::111122223333:user/bob is not authorized to perform "
                          "iam:GetAccessKeyLastUsed on resource: access key " +
                              eve.access_key_id + BecauseNo("identity-based policy", "iam:GetAccessKeyLastUsed")));
}

TEST_F(Authorize, DoesNotSayWhetherAKeyExists) {
  service.Allow("bob", "iam:*");
  EXPECT_THAT(service.As(bob).Call<GetAccessKeyLastUsed>({.access_key_id = "AKIAAAAAAAAAAAAAAAAA"}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::111122223333:user/bob is not authorized to perform "
                          "iam:GetAccessKeyLastUsed on resource: access key AKIAAAAAAAAAAAAAAAAA"));
}

TEST_F(Authorize, DeniesAssumptionWithoutSayingWhy) {
  const std::string role = "arn:aws:iam::111122223333:role/missing";
  EXPECT_THAT(service.As(bob).Call<AssumeRole>({.role_arn = role, .role_session_name = "s1"}),
              FailsSaying(ErrorCode::kAccessDenied, Denied("sts:AssumeRole", role, "")));
}

TEST_F(Authorize, LetsNoRootUserAssumeARole) {
  const std::string role = "arn:aws:iam::111122223333:role/missing";
  EXPECT_THAT(service.As(service.root).Call<AssumeRole>({.role_arn = role, .role_session_name = "s1"}),
              FailsSaying(ErrorCode::kAccessDenied, "Roles may not be assumed by root accounts."));
}

TEST_F(Authorize, SaysThatAssumptionIsDeniedExplicitly) {
  service.Deny("bob", "sts:*");
  const std::string role = "arn:aws:iam::111122223333:role/missing";
  EXPECT_THAT(service.As(bob).Call<AssumeRole>({.role_arn = role, .role_session_name = "s1"}),
              FailsSaying(ErrorCode::kAccessDenied,
                          Denied("sts:AssumeRole", role, " with an explicit deny in an identity-based policy")));
}

TEST_F(Authorize, SaysLittleAboutProvidersOfOtherAccounts) {
  service.Allow("bob", "iam:*");
  const std::string provider = "arn:aws:iam::444455556666:oidc-provider/id.example.test";
  EXPECT_THAT(service.As(bob).Call<GetOpenIDConnectProvider>({.open_id_connect_provider_arn = provider}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::111122223333:user/bob is not authorized to perform this action on "
                          "resource: " +
                              provider));
}

TEST_F(Authorize, DeniesTheRootUserWhatIsAnotherAccounts) {
  const std::string provider = "arn:aws:iam::444455556666:oidc-provider/id.example.test";
  EXPECT_THAT(service.As(service.root).Call<GetOpenIDConnectProvider>({.open_id_connect_provider_arn = provider}),
              Fails(ErrorCode::kAccessDenied));
}

TEST_F(Authorize, AsksForTheAdditionalActionOnlyWhenItIsNeeded) {
  service.Allow("bob", "iam:CreateUser");
  EXPECT_THAT(service.As(bob).Call<CreateUser>({.user_name = "dan"}), Succeeds());
  const std::string arn = "arn:aws:iam::111122223333:user/dora";
  EXPECT_THAT(service.As(bob).Call<CreateUser>({.user_name = "dora", .tags = {{{.key = "a", .value = "b"}}}}),
              FailsSaying(ErrorCode::kAccessDenied,
                          Denied("iam:TagUser", arn, BecauseNo("identity-based policy", "iam:TagUser"))));
  service.Allow("bob", "iam:TagUser");
  EXPECT_THAT(service.As(bob).Call<CreateUser>({.user_name = "dora", .tags = {{{.key = "a", .value = "b"}}}}),
              Succeeds());
}

TEST_F(Authorize, ARenameIsAllowedOnBothNames) {
  service.Allow("bob", "iam:UpdateUser", "arn:aws:iam::111122223333:user/ops/eve");
  EXPECT_THAT(service.As(bob).Call<UpdateUser>({.user_name = "eve", .new_user_name = "ada"}),
              FailsSaying(ErrorCode::kAccessDenied,
                          Denied("iam:UpdateUser", "user ada", BecauseNo("identity-based policy", "iam:UpdateUser"))));
  service.Allow("bob", "iam:UpdateUser", "arn:aws:iam::111122223333:user/ops/ada");
  EXPECT_THAT(service.As(bob).Call<UpdateUser>({.user_name = "eve", .new_user_name = "ada"}), Succeeds());
}

TEST_F(Authorize, LetsEverybodyAskWhoTheyAre) {
  service.Deny("bob", "*");
  EXPECT_THAT(service.As(bob).Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_THAT(service.As(bob).Call<GetSessionToken>({}), Succeeds());
}

TEST_F(Authorize, SeesAChangedPolicyFromTheVeryNextRequest) {
  service.PutPolicy("bob", "p", Service::Statement("Allow", "iam:GetUser"));
  EXPECT_THAT(service.As(bob).Call<GetUser>({}), Succeeds());
  service.RemovePolicy("bob", "p");
  EXPECT_THAT(service.As(bob).Call<GetUser>({}), Fails(ErrorCode::kAccessDenied));
  service.PutPolicy("bob", "p", Service::Statement("Allow", "iam:*"));
  EXPECT_THAT(service.As(bob).Call<GetUser>({}), Succeeds());
}

TEST_F(Authorize, APolicyThatCannotBeReadDeniesEverything) {
  service.Allow("bob", "*");
  service.PutPolicy("bob", "broken", "{'Version':'2012-10-17','Statement':");
  EXPECT_THAT(service.As(bob).Call<GetUser>({}), Fails(ErrorCode::kAccessDenied));
}

TEST_F(Authorize, ABoundaryThatCannotBeReadDeniesEverything) {
  service.Allow("bob", "*");
  service.SetBoundary("bob", service.AddManagedPolicy("limit", "not a policy"));
  EXPECT_THAT(service.As(bob).Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied,
                          Denied("iam:GetUser", "user bob", BecauseNo("permissions boundary", "iam:GetUser"))));
}

// ---- Temporary credentials

TEST_F(Authorize, RefusesIamToSessionsWithoutMfa) {
  service.Allow("bob", "*");
  EXPECT_THAT(service.As(service.SessionOf("bob", false)).Call<GetUser>({.user_name = "bob"}),
              FailsSaying(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid."));
}

TEST_F(Authorize, HoldsSessionsWithMfaAgainstTheUsersPolicies) {
  EXPECT_THAT(service.As(service.SessionOf("bob", true)).Call<GetUser>({.user_name = "bob"}),
              Fails(ErrorCode::kAccessDenied));
  service.Allow("bob", "iam:GetUser");
  EXPECT_THAT(service.As(service.SessionOf("bob", true)).Call<GetUser>({.user_name = "bob"}), Succeeds());
}

TEST_F(Authorize, LetsSessionsAskWhoTheyAreAndLittleElseOfSts) {
  service.Allow("bob", "*");
  const auto session = service.As(service.SessionOf("bob", true));
  EXPECT_THAT(session.Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_THAT(session.Call<GetSessionToken>({}),
              FailsSaying(ErrorCode::kAccessDenied, "Cannot call GetSessionToken with session credentials"));
  EXPECT_THAT(session.Call<GetFederationToken>({.name = "fred"}),
              FailsSaying(ErrorCode::kAccessDenied, "Cannot call GetFederationToken with session credentials"));
  EXPECT_THAT(session.Call<GetAccessKeyInfo>({.access_key_id = bob.access_key_id}),
              FailsSaying(ErrorCode::kAccessDenied,
                          Denied("sts:GetAccessKeyInfo", "", BecauseNo("session policy", "sts:GetAccessKeyInfo"))));
}

// ---- Why, for those who may know

std::string MessageInLog(Service& service) {
  const std::string log = service.worker->access_log().Take();
  const std::string name = "\"authorization_message\":\"";
  const std::size_t begin = log.find(name);
  if (begin == std::string::npos) return {};
  return log.substr(begin + name.size(), log.find('"', begin + name.size()) - begin - name.size());
}

TEST_F(Authorize, LeavesTheReasonsOfADenialInTheLogForThoseWhoMayDecodeThem) {
  service.Allow("bob", "iam:*");
  service.Deny("bob", "iam:GetUser");
  ASSERT_THAT(service.As(bob).Call<GetUser>({}), Fails(ErrorCode::kAccessDenied));
  const std::string message = MessageInLog(service);
  ASSERT_NE(message, "");

  EXPECT_THAT(service.As(eve).Call<DecodeAuthorizationMessage>({.encoded_message = message}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::111122223333:user/ops/eve is not authorized to perform: "
                          "sts:DecodeAuthorizationMessage because no identity-based policy allows the "
                          "sts:DecodeAuthorizationMessage action"));
  service.Allow("eve", "sts:DecodeAuthorizationMessage");
  const Answer decoded = service.As(eve).Call<DecodeAuthorizationMessage>({.encoded_message = message});
  ASSERT_THAT(decoded, Succeeds());
  EXPECT_THAT(decoded.Text("DecodedMessage"),
              ::testing::AllOf(
                  ::testing::HasSubstr(R"({"allowed":false,"explicitDeny":true,)"),
                  ::testing::HasSubstr(R"("statementId":"S1","effect":"DENY")"),
                  ::testing::HasSubstr(R"("action":"iam:GetUser","resource":"arn:aws:iam::111122223333:user/bob")")));
}

TEST_F(Authorize, LeavesNoReasonsWhereNoPolicyDecided) {
  ASSERT_THAT(service.As(service.SessionOf("bob", false)).Call<GetUser>({}), Fails(ErrorCode::kInvalidClientTokenId));
  ASSERT_THAT(service.As(bob).Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_EQ(MessageInLog(service), "");
}

TEST_F(Authorize, DecodesNoMessageOfItsCallersMaking) {
  EXPECT_THAT(service.As(service.root).Call<DecodeAuthorizationMessage>({.encoded_message = "AAAA"}),
              FailsSaying(ErrorCode::kInvalidAuthorizationMessageException, "Message is not valid"));
}

}  // namespace
}  // namespace claviger::service

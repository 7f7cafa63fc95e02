#include "ops/sts/federation_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session/token.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace)
using std::chrono::seconds;
using testing::ElementsAre;

class GetFederationToken : public testing::Test {
 protected:
  GetFederationToken() {
    service.caller.type = PrincipalType::kUser;
    service.caller.unique_id = "AIDABOB";
    service.caller.access_key_id = "AKIABOB";
  }
  session::Session Open(const Result<GetFederationTokenResponse>& response) {
    EXPECT_THAT(response, Succeeds());
    const auto session = session::OpenToken(response->credentials->session_token, service.world.keys.sessions);
    EXPECT_THAT(session, Succeeds());
    return *session;
  }

  Service service{RegisterFederationTokenOperations};
};

TEST_F(GetFederationToken, SealsAFederatedUser) {
  const auto response = service.Call<api::GetFederationToken>({.name = "fred"});
  const session::Session session = Open(response);
  EXPECT_EQ(response->federated_user->federated_user_id, "123456789012:fred");
  EXPECT_EQ(response->federated_user->arn, "arn:aws:sts::123456789012:federated-user/fred");
  EXPECT_EQ(response->packed_policy_size, 0);
  EXPECT_EQ(response->credentials->expiration, kNow + seconds(43200));
  EXPECT_EQ(session.type, PrincipalType::kFederatedUser);
  EXPECT_EQ(session.principal_id, "AIDABOB");
  EXPECT_EQ(session.name, "fred");
  EXPECT_EQ(session.origin.access_key_id, "AKIABOB");
}

TEST_F(GetFederationToken, TakesPoliciesAndTags) {
  const auto response =
      service.Call<api::GetFederationToken>({.name = "fred",
                                             .policy = kAllowAll,
                                             .policy_arns = {{{.arn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}}},
                                             .tags = {{{.key = "Team", .value = "blue"}}}});
  const session::Session session = Open(response);
  EXPECT_GT(response->packed_policy_size, 0);
  EXPECT_FALSE(session.inline_policy.empty());
  EXPECT_EQ(session.managed_policies.size(), 1U);
  EXPECT_THAT(session.tags,
              ElementsAre(session::SessionTag{.tag = {.key = "Team", .value = "blue"}, .transitive = false}));
}

TEST_F(GetFederationToken, RefusesWrongPoliciesAndTags) {
  EXPECT_THAT(service.Call<api::GetFederationToken>({.name = "fred", .policy = "{}"}),
              FailsWith(ErrorCode::kMalformedPolicyDocument, "Syntax errors in policy."));
  EXPECT_THAT(service.Call<api::GetFederationToken>(
                  {.name = "fred", .tags = {{{.key = "a", .value = "1"}, {.key = "A", .value = "2"}}}}),
              FailsWith(ErrorCode::kInvalidParameterValue,
                        "Duplicate tag keys found. Please note that Tag keys are case insensitive."));
}

TEST_F(GetFederationToken, ShortensWhatRootAsksFor) {
  service.caller = RootCaller();
  const auto response = service.Call<api::GetFederationToken>({.name = "fred", .duration_seconds = 129600});
  EXPECT_EQ(Open(response).principal_id, "123456789012");
  EXPECT_EQ(response->credentials->expiration, kNow + seconds(3600));
}

TEST_F(GetFederationToken, LastsUpToADayAndAHalf) {
  const auto response = service.Call<api::GetFederationToken>({.name = "fred", .duration_seconds = 129600});
  EXPECT_EQ(response->credentials->expiration, kNow + kSessionDurationMax);
}

TEST_F(GetFederationToken, RefusesSessions) {
  service.caller.session = Caller::Session{.issued = kNow, .expires = kNow};
  EXPECT_THAT(service.Call<api::GetFederationToken>({.name = "fred"}),
              FailsWith(ErrorCode::kAccessDenied, "Cannot call GetFederationToken with session credentials"));
}

}  // namespace
}  // namespace claviger::ops::sts

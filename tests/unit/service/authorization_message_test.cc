#include "service/authorization_message.h"

#include "codec/json.h"
#include "policy/parse.h"
#include "service_fixture.h"
#include "session/authorization_message.h"

namespace claviger::service {
namespace {

class AuthorizationTextTest : public ::testing::Test {
 protected:
  AuthorizationTextTest() {
    context.action = "iam:GetUser";
    context.resource = "arn:aws:iam::111122223333:user/eve";
    context.keys.Set("aws:UserAgent", "tool \"1\"");
    context.keys.Set("aws:TagKeys", {"a", "b"});
  }
  // A denial by the only statement of `document`.
  authz::Verdict DeniedBy(std::string document) {
    policy = authz::Compile(std::move(policy::Parse(document, policy::Kind::kInline)).value(), {});
    return {authz::Decision::kExplicitDeny, authz::Layer::kIdentity, {policy.get(), 0}};
  }

  Caller caller{.type = PrincipalType::kUser,
                .account = testing::kAccount,
                .arn = "arn:aws:iam::111122223333:user/bob",
                .user_id = "AIDAEXAMPLE",
                .unique_id = "AIDAEXAMPLE",
                .user_name = "bob"};
  authz::RequestContext context;
  std::shared_ptr<const authz::CompiledPolicy> policy;
};

TEST_F(AuthorizationTextTest, OfAnImplicitDenialHasNoStatement) {
  context.keys.Clear();
  context.keys.Set("aws:username", "bob");
  EXPECT_EQ(AuthorizationText({}, context, caller),
            R"({"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},"failures":{"items":[]},)"
            R"("context":{"principal":{"id":"AIDAEXAMPLE","name":"bob","arn":"arn:aws:iam::111122223333:user/bob"},)"
            R"("action":"iam:GetUser","resource":"arn:aws:iam::111122223333:user/eve",)"
            R"("conditions":{"items":[{"key":"aws:username","values":{"items":[{"value":"bob"}]}}]}}})");
}

TEST_F(AuthorizationTextTest, OfAnExplicitDenialShowsTheStatement) {
  const auto verdict =
      DeniedBy(R"({"Version":"2012-10-17","Statement":[{"Sid":"S1","Effect":"Deny","Action":["iam:Get*","iam:List*"],)"
               R"("Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]})");
  EXPECT_THAT(
      AuthorizationText(verdict, context, caller),
      ::testing::HasSubstr(
          R"("matchedStatements":{"items":[{"statementId":"S1","effect":"DENY",)"
          R"("principals":{"items":[{"value":"AIDAEXAMPLE"}]},"principalGroups":{"items":[]},)"
          R"("actions":{"items":[{"value":"iam:Get*"},{"value":"iam:List*"}]},)"
          R"("resources":{"items":[{"value":"*"}]},)"
          R"("conditions":{"items":[{"key":"aws:SecureTransport","values":{"items":[{"value":"false"}]}}]}}]})"));
}

TEST_F(AuthorizationTextTest, NamesARoleSessionByItsName) {
  caller.user_id = "AROAEXAMPLE:dana";
  caller.user_name.clear();
  EXPECT_THAT(AuthorizationText({}, context, caller), ::testing::HasSubstr(R"("id":"AROAEXAMPLE:dana","name":"dana")"));
}

TEST_F(AuthorizationTextTest, IsAlwaysShortEnoughAndJson) {
  std::string actions;
  for (int i = 0; i < 1000; ++i) actions += (i > 0 ? ",\"iam:Get" : "\"iam:Get") + std::to_string(i) + "\"";
  const auto verdict =
      DeniedBy(R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":[)" + actions +
               R"(],"Resource":"*","Condition":{"StringEquals":{"aws:username":[)" + actions + "]}}}]}");
  for (int i = 0; i < 50; ++i) {
    context.keys.Set("aws:PrincipalTag/" + std::to_string(i), std::string(600, i % 2 == 0 ? '"' : 'x'));
  }
  const std::string resource = "arn:aws:iam::111122223333:user/" + std::string(2000, '"');
  context.resource = resource;
  const std::string text = AuthorizationText(verdict, context, caller);
  EXPECT_LE(text.size(), session::kAuthorizationTextBytesMax);
  EXPECT_TRUE(codec::ParseJson(text).ok()) << text;
}

}  // namespace
}  // namespace claviger::service

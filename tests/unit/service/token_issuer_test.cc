// GetWebIdentityToken and what verifies its tokens: the switch, the claims, the published documents, keys that take
// turns.
#include "federation/web_identity.h"
#include "federation/web_keys.h"
#include "unit/service/service_fixture.h"

namespace claviger::service::testing {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using namespace gen::sts;  // NOLINT(google-build-using-namespace)
using gen::iam::api::DisableOutboundWebIdentityFederation;
using gen::iam::api::EnableOutboundWebIdentityFederation;
using gen::iam::api::GetOutboundWebIdentityFederationInfo;
using gen::sts::api::AssumeRole;
using gen::sts::api::AssumeRoleWithWebIdentity;
using gen::sts::api::GetWebIdentityToken;
using std::chrono::hours;

constexpr char kBase[] = "https://claviger.example/token-issuer/";
constexpr char kNamespace[] = "https://sts.amazonaws.com/";

class TokenIssuerTest : public ::testing::Test {
 protected:
  std::string Enable() {
    const Answer answer = service.As(service.root).Call<EnableOutboundWebIdentityFederation>({});
    EXPECT_THAT(answer, Succeeds());
    return answer.Text("IssuerIdentifier");
  }
  static GetWebIdentityTokenRequest Request(const std::string& algorithm = "ES384") {
    return {.audience = {"https://api.example"}, .signing_algorithm = algorithm};
  }
  // What is published at an issuer's address.
  http::Response Get(const std::string& url) {
    http::Response response;
    const std::string path = url.substr(std::string_view("https://claviger.example").size());
    const http::Request request{
        .method = "GET", .path = path, .query = {}, .headers = {}, .body = {}, .source_ip = "192.0.2.7"};
    EXPECT_TRUE(service.worker->AnswerTokenIssuer(request, response)) << url;
    return response;
  }
  federation::WebKeys KeysOf(const std::string& issuer) {
    return *federation::WebKeys::Parse(Get(issuer + "/.well-known/jwks.json").body);
  }
  // The token's claims, once its signature is proven by the published keys.
  codec::JsonDocument Verified(const std::string& issuer, const std::string& token) {
    auto parsed = federation::ParseJwt(token);
    EXPECT_TRUE(parsed.ok());
    EXPECT_TRUE(KeysOf(issuer).Verify(*parsed));
    return std::move(parsed->claims);
  }
  std::string KeyIdOf(const std::string& token) { return federation::ParseJwt(token)->key_id; }

  Service service;
};

TEST_F(TokenIssuerTest, IsOffUntilItIsSwitchedOn) {
  constexpr char kOff[] =
      "The request failed because outbound identity federation is already disabled for your Amazon Web Services "
      "account.";
  const auto root = service.As(service.root);
  EXPECT_THAT(root.Call<GetOutboundWebIdentityFederationInfo>({}), FailsSaying(ErrorCode::kFeatureDisabled, kOff));
  EXPECT_THAT(root.Call<DisableOutboundWebIdentityFederation>({}), FailsSaying(ErrorCode::kFeatureDisabled, kOff));
  EXPECT_THAT(root.Call<GetWebIdentityToken>(Request()),
              FailsSaying(ErrorCode::kOutboundWebIdentityFederationDisabledException,
                          "Outbound web identity federation is not enabled for account 111122223333."));
  const std::string issuer = Enable();
  EXPECT_TRUE(issuer.starts_with(kBase)) << issuer;
  EXPECT_THAT(root.Call<EnableOutboundWebIdentityFederation>({}), Fails(ErrorCode::kFeatureEnabled));
  const Answer info = root.Call<GetOutboundWebIdentityFederationInfo>({});
  EXPECT_EQ(info.Text("IssuerIdentifier"), issuer);
  EXPECT_EQ(info.Text("JwtVendingEnabled"), "true");
  EXPECT_THAT(root.Call<DisableOutboundWebIdentityFederation>({}), Succeeds());
  EXPECT_THAT(root.Call<GetWebIdentityToken>(Request()),
              Fails(ErrorCode::kOutboundWebIdentityFederationDisabledException));
  EXPECT_EQ(Enable(), issuer);
}

TEST_F(TokenIssuerTest, TellsAboutAUser) {
  const auto bob = service.AddUser("bob", "/staff/", {{.key = "team", .value = "blue"}});
  service.Allow("bob", "sts:GetWebIdentityToken");
  const std::string issuer = Enable();
  for (const char* algorithm : {"RS256", "ES384"}) {
    const Answer answer = service.As(bob).SignedFor("eu-west-1").Call<GetWebIdentityToken>(Request(algorithm));
    ASSERT_THAT(answer, Succeeds());
    EXPECT_EQ(answer.Text("Expiration"), "2026-03-01T12:05:00Z");
    const auto claims = Verified(issuer, answer.Text("WebIdentityToken"));
    const codec::JsonValue& root = claims.root();
    EXPECT_EQ(root.Find("iss")->text, issuer);
    EXPECT_EQ(root.Find("aud")->text, "https://api.example");
    EXPECT_EQ(root.Find("sub")->text, "arn:aws:iam::111122223333:user/staff/bob");
    EXPECT_EQ(*federation::IntegerOf(root.Find("exp")) - *federation::IntegerOf(root.Find("iat")), 300);
    EXPECT_EQ(root.Find("jti")->text.size(), 36U);
    const codec::JsonValue& own = *root.Find(kNamespace);
    EXPECT_EQ(own.Find("aws_account")->text, "111122223333");
    EXPECT_EQ(own.Find("source_region")->text, "eu-west-1");
    EXPECT_EQ(own.Find("principal_id")->text, "arn:aws:iam::111122223333:user/staff/bob");
    EXPECT_EQ(own.Find("principal_tags")->Find("team")->text, "blue");
    EXPECT_EQ(own.Find("request_tags"), nullptr);
    EXPECT_EQ(own.Find("original_session_exp"), nullptr);
  }
}

TEST_F(TokenIssuerTest, TellsAboutARolesSession) {
  const auto bob = service.AddUser("bob");
  const std::string issuer = Enable();
  const auto role = service.AddRole("Job", "{'AWS':'arn:aws:iam::111122223333:user/bob'}",
                                    "'sts:AssumeRole','sts:TagSession','sts:SetSourceIdentity'", "{}", "/ci/");
  service.Allow("bob", "sts:*");
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "sts:*WebIdentityToken"));
  const auto session = Service::In(service.As(bob).Call<AssumeRole>({.role_arn = Service::ArnOf(role),
                                                                     .role_session_name = "run-1",
                                                                     .tags = {{{.key = "floor", .value = "2"}}},
                                                                     .source_identity = "bob"}));
  auto request = Request();
  request.audience = {"a", "b"};
  request.duration_seconds = 3600;
  request.tags = {{{.key = "build", .value = "7"}}};
  const Answer answer = service.As(session).Call<GetWebIdentityToken>(request);
  ASSERT_THAT(answer, Succeeds());
  const auto claims = Verified(issuer, answer.Text("WebIdentityToken"));
  EXPECT_EQ(claims.root().Find("sub")->text, "arn:aws:iam::111122223333:role/ci/Job");
  EXPECT_EQ(claims.root().Find("aud")->items.size(), 2U);
  const codec::JsonValue& own = *claims.root().Find(kNamespace);
  EXPECT_EQ(own.Find("principal_tags")->Find("floor")->text, "2");
  EXPECT_EQ(own.Find("request_tags")->Find("build")->text, "7");
  EXPECT_EQ(own.Find("source_identity")->text, "bob");
  EXPECT_EQ(own.Find("original_session_exp")->text, "2026-03-01T13:00:00Z");

  service.clock.now += std::chrono::seconds(1);
  EXPECT_THAT(service.As(session).Call<GetWebIdentityToken>(request),
              Fails(ErrorCode::kSessionDurationEscalationException));
}

TEST_F(TokenIssuerTest, NeedsPermissionForTokensAndForTags) {
  const auto bob = service.AddUser("bob");
  Enable();
  EXPECT_THAT(service.As(bob).Call<GetWebIdentityToken>(Request()), Fails(ErrorCode::kAccessDenied));
  service.Allow(
      "bob", "sts:GetWebIdentityToken", "*",
      "{'ForAllValues:StringEquals':{'sts:IdentityTokenAudience':'https://api.example'},"
      "'NumericLessThanEquals':{'sts:DurationSeconds':'300'},'StringEquals':{'sts:SigningAlgorithm':'ES384'}}");
  auto request = Request();
  request.duration_seconds = 300;
  EXPECT_THAT(service.As(bob).Call<GetWebIdentityToken>(request), Succeeds());
  request.duration_seconds = 301;
  EXPECT_THAT(service.As(bob).Call<GetWebIdentityToken>(request), Fails(ErrorCode::kAccessDenied));
  request.duration_seconds = 300;
  request.tags = {{{.key = "build", .value = "7"}}};
  EXPECT_THAT(service.As(bob).Call<GetWebIdentityToken>(request), Fails(ErrorCode::kAccessDenied));
  service.Allow("bob", "sts:TagGetWebIdentityToken");
  EXPECT_THAT(service.As(bob).Call<GetWebIdentityToken>(request), Succeeds());
}

TEST_F(TokenIssuerTest, RefusesTokensThatGetTooLong) {
  Enable();
  auto request = Request();
  request.audience.clear();
  for (int i = 0; i < 10; ++i) request.audience.push_back(std::string(999, 'a') + std::to_string(i));
  request.tags.emplace();
  for (int i = 0; i < 50; ++i)
    request.tags->push_back({.key = "k" + std::to_string(i), .value = std::string(256, 'v')});
  EXPECT_THAT(service.As(service.root).Call<GetWebIdentityToken>(request),
              Fails(ErrorCode::kJWTPayloadSizeExceededException));
}

TEST_F(TokenIssuerTest, PublishesWhatVerifiersLookFor) {
  const std::string issuer = Enable();
  const http::Response discovery = Get(issuer + "/.well-known/openid-configuration");
  EXPECT_EQ(discovery.status, 200);
  EXPECT_EQ(discovery.content_type, "application/json");
  EXPECT_EQ(federation::ParseDiscovery(discovery.body, issuer), issuer + "/.well-known/jwks.json");
  EXPECT_EQ(KeysOf(issuer).size(), 0U);
  EXPECT_EQ(Get(std::string(kBase) + "nobody/.well-known/jwks.json").status, 404);
}

TEST_F(TokenIssuerTest, LeavesOtherPathsToTheApi) {
  http::Response response;
  for (const char* path : {"/", "/token-issuer/", "/token-issuer//.well-known/jwks.json", "/token-issuer/x/jwks.json",
                           "/.well-known/openid-configuration"}) {
    const http::Request request{
        .method = "GET", .path = path, .query = {}, .headers = {}, .body = {}, .source_ip = "192.0.2.7"};
    EXPECT_FALSE(service.worker->AnswerTokenIssuer(request, response)) << path;
  }
}

TEST_F(TokenIssuerTest, ChangesItsKeysWithNotice) {
  const std::string issuer = Enable();
  const auto token = [&] {
    const Answer answer = service.As(service.root).Call<GetWebIdentityToken>(Request());
    EXPECT_THAT(answer, Succeeds());
    Verified(issuer, answer.Text("WebIdentityToken"));
    return KeyIdOf(answer.Text("WebIdentityToken"));
  };
  const std::string first = token();
  service.clock.now += hours(24 * 30 - 1);
  EXPECT_EQ(token(), first);
  service.clock.now += hours(1);
  EXPECT_EQ(token(), first);  // The next one was made, and waits for verifiers to see it.
  EXPECT_EQ(KeysOf(issuer).size(), 2U);
  service.clock.now += hours(24);
  const std::string second = token();
  EXPECT_NE(second, first);
  EXPECT_TRUE(KeysOf(issuer).Has(first));
  service.clock.now += hours(24 * 29);
  EXPECT_EQ(token(), second);
  EXPECT_EQ(KeysOf(issuer).size(), 2U);
  EXPECT_FALSE(KeysOf(issuer).Has(first));
}

TEST_F(TokenIssuerTest, IsNoProviderForItsOwnInstallation) {
  const std::string issuer = Enable();
  const Answer token = service.As(service.root).Call<GetWebIdentityToken>(Request());
  const std::string name = issuer.substr(std::string_view("https://").size());
  service.Change([&](directory::Directory& directory) {
    return directory.oidc_providers.Insert(
        {.id = "p", .name = name, .created = service.clock.now, .client_ids = {"https://api.example"}});
  });
  const auto role = service.AddRole("R", "{'Federated':'arn:aws:iam::111122223333:oidc-provider/" + name + "'}",
                                    "'sts:AssumeRoleWithWebIdentity'");
  EXPECT_THAT(
      service.Unsigned().Call<AssumeRoleWithWebIdentity>({.role_arn = Service::ArnOf(role),
                                                          .role_session_name = "s1",
                                                          .web_identity_token = token.Text("WebIdentityToken")}),
      Fails(ErrorCode::kInvalidIdentityToken));
  EXPECT_EQ(service.web_requests, 0);
}

}  // namespace
}  // namespace claviger::service::testing

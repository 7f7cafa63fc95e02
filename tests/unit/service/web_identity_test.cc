// AssumeRoleWithWebIdentity through the whole pipeline: unsigned requests, tokens good and bad, trust, and what the
// sessions may. The tokens and the answers that they must get are tests/vectors/web_identity/cases.json.
#include "unit/federation/vectors.h"
#include "unit/service/resource_control.h"
#include "unit/service/service_fixture.h"

namespace claviger::service::testing {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using namespace gen::sts;  // NOLINT(google-build-using-namespace)
using gen::iam::api::GetUser;
using gen::sts::api::AssumeRoleWithWebIdentity;
using gen::sts::api::GetCallerIdentity;
using ::testing::HasSubstr;

constexpr char kName[] = "issuer.example/tenant";
constexpr char kSubject[] = "repo:acme/app:ref:refs/heads/main";
constexpr char kAction[] = "'sts:AssumeRoleWithWebIdentity'";
constexpr char kAllActions[] = "'sts:AssumeRoleWithWebIdentity','sts:TagSession','sts:SetSourceIdentity'";
constexpr char kDenied[] = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

const codec::JsonDocument& Vectors() {
  static const codec::JsonDocument document = federation::ReadVectors("web_identity/cases.json");
  return document;
}

std::string Vector(std::string_view name) { return std::string(Vectors().root().Find(name)->text); }

// Another issuer, whose key the tests have.
class OwnIssuer {
 public:
  explicit OwnIssuer(std::string name) : name_(std::move(name)) {}

  void Publish(Service& service) const {
    const auto numbers = key_.PublicNumbers();
    service.web["https://" + name_ + "/.well-known/openid-configuration"] =
        R"({"issuer":"https://)" + name_ + R"(","jwks_uri":"https://)" + name_ + R"(/keys"})";
    service.web["https://" + name_ + "/keys"] = R"({"keys":[{"kty":"EC","crv":"P-384","kid":"k","x":")" +
                                                Base64UrlEncode(AsBytes(numbers.first)) + R"(","y":")" +
                                                Base64UrlEncode(AsBytes(numbers.second)) + R"("}]})";
  }
  // `more` continues the claims: `,"amr":["mfa"]`.
  std::string Token(const std::string& subject, const std::string& more, TimePoint now) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const std::string claims = R"({"iss":"https://)" + name_ + R"(","aud":"sts.amazonaws.com","sub":")" + subject +
                               R"(","iat":)" + std::to_string(seconds) + R"(,"exp":)" + std::to_string(seconds + 600) +
                               more + "}";
    const std::string signed_part =
        Base64UrlEncode(AsBytes(R"({"alg":"ES384","kid":"k"})")) + "." + Base64UrlEncode(AsBytes(claims));
    return signed_part + "." + Base64UrlEncode(AsBytes(key_.Sign(signed_part)));
  }

 private:
  std::string name_;
  crypto::SignatureKey key_ = crypto::SignatureKey::New(crypto::SignatureAlgorithm::kEs384);
};

class WebIdentityTest : public ::testing::Test {
 protected:
  WebIdentityTest() {
    service.clock.now = TimePoint(std::chrono::seconds(1769860800));
    service.web["https://issuer.example/tenant/.well-known/openid-configuration"] =
        R"({"issuer":"https://issuer.example/tenant","jwks_uri":"https://keys.example/k"})";
    service.web["https://keys.example/k"] = Vector("keys");
  }

  std::string AddProvider(const std::string& name, AccountId account = kAccount) {
    directory::OidcProvider provider{.id = name + account.ToString(),
                                     .name = name,
                                     .created = service.clock.now,
                                     .client_ids = {"sts.amazonaws.com", "my-client"}};
    service.ChangeIn(account,
                     [&](directory::Directory& directory) { return directory.oidc_providers.Insert(provider); });
    return "arn:aws:iam::" + account.ToString() + ":oidc-provider/" + name;
  }
  directory::Role AddRole(const std::string& name, const std::string& provider, const std::string& condition,
                          const std::string& actions = kAction) {
    return service.AddRole(name, "{'Federated':'" + provider + "'}", actions, condition);
  }
  static AssumeRoleWithWebIdentityRequest Request(const directory::Role& role, const std::string& token) {
    return {.role_arn = Service::ArnOf(role), .role_session_name = "build", .web_identity_token = token};
  }
  Answer Assume(const directory::Role& role, const std::string& token) {
    return service.Unsigned().Call<AssumeRoleWithWebIdentity>(Request(role, token));
  }
  std::string GoodToken() {
    for (const codec::JsonValue& one : Vectors().root().Find("cases")->items) {
      if (one.Find("name")->text == "good RS256") return std::string(one.Find("token")->text);
    }
    return {};
  }
  static std::string Requires(const std::string& key, const std::string& value) {
    return "{'StringEquals':{'" + key + "':'" + value + "'}}";
  }

  Service service;
};

TEST_F(WebIdentityTest, AnswersEveryTokenAsItMust) {
  const std::string provider = AddProvider(kName);
  const directory::Role role = AddRole("Deploy", provider, Requires(std::string(kName) + ":sub", kSubject));
  const codec::JsonValue& cases = *Vectors().root().Find("cases");
  EXPECT_GT(cases.items.size(), 120U);
  for (const codec::JsonValue& one : cases.items) {
    const Answer answer = Assume(role, std::string(one.Find("token")->text));
    SCOPED_TRACE(one.Find("name")->text);
    EXPECT_EQ(answer.code, one.Find("code")->text);
    if (one.Find("code")->text.empty()) {
      EXPECT_THAT(answer, Succeeds());
      EXPECT_EQ(answer.Text("SubjectFromWebIdentityToken"), kSubject);
    } else {
      EXPECT_EQ(answer.message, one.Find("message")->text);
      EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("AccessKeyId")));
    }
  }
}

TEST_F(WebIdentityTest, MakesASessionOfTheRole) {
  const std::string provider = AddProvider(kName);
  const directory::Role role = AddRole("Deploy", provider, Requires(std::string(kName) + ":aud", "sts.amazonaws.com"));
  const Answer answer = Assume(role, GoodToken());
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer.Text("Arn"), "arn:aws:sts::111122223333:assumed-role/Deploy/build");
  EXPECT_EQ(answer.Text("AssumedRoleId"), role.id + ":build");
  EXPECT_EQ(answer.Text("Provider"), provider);
  EXPECT_EQ(answer.Text("Audience"), "sts.amazonaws.com");
  EXPECT_EQ(answer.Text("Expiration"), "2026-01-31T13:00:00Z");
  EXPECT_EQ(answer.Text("PackedPolicySize"), "");
  EXPECT_EQ(answer.Text("SourceIdentity"), "");
  const Answer who = service.As(Service::In(answer)).Call<GetCallerIdentity>({});
  EXPECT_EQ(who.Text("Arn"), "arn:aws:sts::111122223333:assumed-role/Deploy/build");
}

TEST_F(WebIdentityTest, ActsWithTheRolesPermissionsAndKnowsItsProvider) {
  service.AddUser("bob");
  const std::string provider = AddProvider(kName);
  const directory::Role role = AddRole("Deploy", provider, Requires(std::string(kName) + ":sub", kSubject));
  const auto session = Service::In(Assume(role, GoodToken()));
  EXPECT_THAT(service.As(session).Call<GetUser>({.user_name = "bob"}), Fails(ErrorCode::kAccessDenied));
  service.PutRolePolicy(role, "p",
                        Service::Statement("Allow", "iam:GetUser", "*", Requires("aws:FederatedProvider", provider)));
  EXPECT_THAT(service.As(session).Call<GetUser>({.user_name = "bob"}), Succeeds());
}

TEST_F(WebIdentityTest, AsksForKeysOnce) {
  const directory::Role role = AddRole("Deploy", AddProvider(kName), Requires(std::string(kName) + ":sub", kSubject));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Assume(role, GoodToken()), Succeeds());
  EXPECT_EQ(service.web_requests, 2);
}

TEST_F(WebIdentityTest, SaysThatTheProviderCannotBeReachedOrHasNoKeys) {
  const directory::Role role = AddRole("Deploy", AddProvider(kName), Requires(std::string(kName) + ":sub", kSubject));
  service.web["https://keys.example/k"] = "<html>";
  EXPECT_THAT(Assume(role, GoodToken()),
              FailsSaying(ErrorCode::kInvalidIdentityToken,
                          "Couldn't retrieve verification key from your identity provider,  please reference "
                          "AssumeRoleWithWebIdentity documentation for requirements"));
  service.web.clear();
  service.clock.now += std::chrono::minutes(1);
  EXPECT_THAT(Assume(role, GoodToken()), Fails(ErrorCode::kIDPCommunicationError));
}

TEST_F(WebIdentityTest, TrustsOnlyTheProviderThatTheRoleNames) {
  const std::string provider = AddProvider(kName);
  AddProvider("other.example");
  const std::string condition = Requires(std::string(kName) + ":sub", kSubject);
  const char* const refused[] = {"{'Federated':'arn:aws:iam::111122223333:oidc-provider/other.example'}",
                                 "{'Federated':'arn:aws:iam::444455556666:oidc-provider/issuer.example/tenant'}",
                                 "{'Federated':'arn:aws:iam::111122223333:oidc-provider/issuer.example'}",
                                 "{'AWS':'*'}",
                                 "{'AWS':'111122223333'}",
                                 "{'Service':'ec2.amazonaws.com'}"};
  int number = 0;
  for (const char* principal : refused) {
    const auto role = service.AddRole("R" + std::to_string(++number), principal, kAction, condition);
    EXPECT_THAT(Assume(role, GoodToken()), FailsSaying(ErrorCode::kAccessDenied, kDenied)) << principal;
  }
  const auto other_action = AddRole("Other", provider, condition, "'sts:AssumeRole','sts:AssumeRoleWithSAML'");
  EXPECT_THAT(Assume(other_action, GoodToken()), FailsSaying(ErrorCode::kAccessDenied, kDenied));
}

TEST_F(WebIdentityTest, SaysNothingOfRolesThatAreNotThere) {
  AddProvider(kName);
  const std::string token = GoodToken();
  for (const char* arn : {"arn:aws:iam::111122223333:role/Nobody", "arn:aws:iam::111122223333:user/bob",
                          "arn:aws:iam::111122223333:role/x/Nobody", "arn:aws:s3:::bucket/object"}) {
    EXPECT_THAT(service.Unsigned().Call<AssumeRoleWithWebIdentity>(
                    {.role_arn = arn, .role_session_name = "build", .web_identity_token = token}),
                FailsSaying(ErrorCode::kAccessDenied, kDenied))
        << arn;
  }
  EXPECT_THAT(service.Unsigned().Call<AssumeRoleWithWebIdentity>({.role_arn = "arn:aws:iam::444455556666:role/Theirs",
                                                                  .role_session_name = "build",
                                                                  .web_identity_token = token}),
              FailsSaying(ErrorCode::kInvalidIdentityToken,
                          "No OpenIDConnect provider found in your account for https://issuer.example/tenant"));
}

TEST_F(WebIdentityTest, ReadsTheTokenBeforeItLooksForTheRole) {
  EXPECT_THAT(service.Unsigned().Call<AssumeRoleWithWebIdentity>({.role_arn = "arn:aws:iam::111122223333:role/Nobody",
                                                                  .role_session_name = "build",
                                                                  .web_identity_token = "no token"}),
              FailsSaying(ErrorCode::kInvalidIdentityToken,
                          "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access "
                          "Token)"));
}

TEST_F(WebIdentityTest, NeedsNoSignatureAndHeedsNone) {
  const directory::Role role = AddRole("Deploy", AddProvider(kName), Requires(std::string(kName) + ":sub", kSubject));
  const sigv4::Credentials nobody{
      .access_key_id = "AKIANOBODYNOBODYNOBO", .secret_access_key = crypto::Secret("x"), .session_token = {}};
  EXPECT_THAT(service.As(nobody).Call<AssumeRoleWithWebIdentity>(Request(role, GoodToken())), Succeeds());
}

TEST_F(WebIdentityTest, LastsAsLongAsTheRoleLets) {
  const directory::Role role = AddRole("Deploy", AddProvider(kName), Requires(std::string(kName) + ":sub", kSubject));
  auto request = Request(role, GoodToken());
  request.duration_seconds = 3601;
  EXPECT_THAT(service.Unsigned().Call<AssumeRoleWithWebIdentity>(request),
              FailsSaying(ErrorCode::kValidationError,
                          "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."));
  request.duration_seconds = 900;
  EXPECT_EQ(service.Unsigned().Call<AssumeRoleWithWebIdentity>(request).Text("Expiration"), "2026-01-31T12:15:00Z");
}

TEST_F(WebIdentityTest, IsNarrowedByItsSessionPolicy) {
  service.AddUser("bob");
  const directory::Role role = AddRole("Deploy", AddProvider(kName), Requires(std::string(kName) + ":sub", kSubject));
  service.PutRolePolicy(role, "p", Service::Statement("Allow", "iam:*"));
  auto request = Request(role, GoodToken());
  request.policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]})";
  const Answer answer = service.Unsigned().Call<AssumeRoleWithWebIdentity>(request);
  EXPECT_NE(answer.Text("PackedPolicySize"), "");
  EXPECT_THAT(service.As(Service::In(answer)).Call<GetUser>({.user_name = "bob"}), Fails(ErrorCode::kAccessDenied));
}

TEST_F(WebIdentityTest, TakesTagsAndSourceIdentityFromTheToken) {
  const OwnIssuer issuer("own.example");
  issuer.Publish(service);
  service.AddUser("bob");
  const directory::Role role = AddRole("Deploy", AddProvider("own.example"),
                                       "{'StringEquals':{'own.example:sub':'dana','aws:RequestTag/team':'blue'},"
                                       "'ForAllValues:StringEquals':{'sts:TransitiveTagKeys':['team']}}",
                                       "'sts:AssumeRoleWithWebIdentity','sts:TagSession'");
  const std::string tags =
      R"(,"https://aws.amazon.com/tags":{"principal_tags":{"team":["blue"],"floor":["2"]},"transitive_tag_keys":["team"]})";
  const Answer answer = Assume(role, issuer.Token("dana", tags, service.clock.now));
  ASSERT_THAT(answer, Succeeds());
  EXPECT_NE(answer.Text("PackedPolicySize"), "");
  service.PutRolePolicy(role, "p",
                        Service::Statement("Allow", "iam:GetUser", "*", Requires("aws:PrincipalTag/floor", "2")));
  EXPECT_THAT(service.As(Service::In(answer)).Call<GetUser>({.user_name = "bob"}), Succeeds());

  const std::string flat = R"(,"https://aws.amazon.com/tags/principal_tags/team":"blue")";
  EXPECT_THAT(Assume(role, issuer.Token("dana", flat, service.clock.now)), Succeeds());
  const std::string other = R"(,"https://aws.amazon.com/tags/principal_tags/team":"red")";
  EXPECT_THAT(Assume(role, issuer.Token("dana", other, service.clock.now)), Fails(ErrorCode::kAccessDenied));

  const std::string identity = R"(,"https://aws.amazon.com/source_identity":"dana")" + flat;
  EXPECT_THAT(Assume(role, issuer.Token("dana", identity, service.clock.now)),
              FailsSaying(ErrorCode::kAccessDenied, "Not authorized to perform sts:SetSourceIdentity"));
  const directory::Role named = AddRole("Named", "arn:aws:iam::111122223333:oidc-provider/own.example",
                                        Requires("own.example:sub", "dana"), kAllActions);
  const Answer with_identity = Assume(named, issuer.Token("dana", identity, service.clock.now));
  EXPECT_EQ(with_identity.Text("SourceIdentity"), "dana");
}

TEST_F(WebIdentityTest, RefusesTagsThatAssumeRoleWouldRefuse) {
  const OwnIssuer issuer("own.example");
  issuer.Publish(service);
  const directory::Role role =
      AddRole("Deploy", AddProvider("own.example"), Requires("own.example:sub", "dana"), kAllActions);
  const std::pair<const char*, const char*> cases[] = {
      {R"({"principal_tags":{"team":["a"],"TEAM":["b"]}})",
       "Duplicate tag keys found. Please note that Tag keys are case insensitive."},
      {R"({"principal_tags":{"team":["a"]},"transitive_tag_keys":["floor"]})",
       "The specified transitive tag key must be included in the requested tags."},
      {R"({"principal_tags":{"aws:team":["a"]}})",
       "Tag keys beginning with aws: are reserved for system use: aws:team"}};
  for (const auto& [tags, text] : cases) {
    const std::string more = std::string(R"(,"https://aws.amazon.com/tags":)") + tags;
    EXPECT_THAT(Assume(role, issuer.Token("dana", more, service.clock.now)),
                FailsSaying(ErrorCode::kInvalidParameterValue, text));
  }
}

// Tokens as these providers issue them, with trust policies as they recommend.
struct Recipe {
  const char* name;
  const char* issuer;
  const char* condition;
  const char* subject;
  const char* more;
};

class Recipes : public WebIdentityTest, public ::testing::WithParamInterface<Recipe> {};

TEST_P(Recipes, LetTheRightOneInAndNobodyElse) {
  const Recipe& recipe = GetParam();
  const OwnIssuer issuer(recipe.issuer);
  issuer.Publish(service);
  const directory::Role role = AddRole("Deploy", AddProvider(recipe.issuer), recipe.condition);
  EXPECT_THAT(Assume(role, issuer.Token(recipe.subject, recipe.more, service.clock.now)), Succeeds());
  EXPECT_THAT(Assume(role, issuer.Token("somebody:else", R"(,"repository_id":"1","amr":["unauthenticated"])",
                                        service.clock.now)),
              FailsSaying(ErrorCode::kAccessDenied, kDenied));
}

INSTANTIATE_TEST_SUITE_P(
    All, Recipes,
    ::testing::Values(
        Recipe{"Kubernetes", "oidc.k8s.example/id/ABC",
               "{'StringEquals':{'oidc.k8s.example/id/ABC:sub':'system:serviceaccount:prod:app',"
               "'oidc.k8s.example/id/ABC:aud':'sts.amazonaws.com'}}",
               "system:serviceaccount:prod:app",
               R"(,"kubernetes.io":{"namespace":"prod","serviceaccount":{"name":"app","uid":"u"}},"nbf":1)"},
        Recipe{"GitHubActions", "token.actions.githubusercontent.com",
               "{'StringLike':{'token.actions.githubusercontent.com:sub':'repo:acme/*'},"
               "'StringEquals':{'token.actions.githubusercontent.com:repository_id':'74',"
               "'token.actions.githubusercontent.com:environment':'production'}}",
               "repo:acme/app:environment:production",
               R"(,"repository":"acme/app","repository_id":"74","environment":"production","actor":"dana","jti":"x")"},
        Recipe{"GitHubEnterprise", "token.actions.acme.ghe.com",
               "{'StringEquals':{'token.actions.acme.ghe.com:actor_id':'7'}}", "repo:acme/app", R"(,"actor_id":"7")"},
        Recipe{"GitLab", "gitlab.com",
               "{'StringEquals':{'gitlab.com:sub':'project_path:acme/app:ref_type:branch:ref:main',"
               "'gitlab.com:project_id':'22','gitlab.com:ref_protected':'true'}}",
               "project_path:acme/app:ref_type:branch:ref:main",
               R"(,"project_id":"22","namespace_id":"72","ref_protected":"true","user_login":"dana")"},
        Recipe{"CircleCI", "oidc.circleci.com/org/0a1b",
               "{'StringEquals':{'oidc.circleci.com/org/0a1b:oidc.circleci.com/project-id':'p7'}}",
               "org/0a1b/project/p7", R"(,"oidc.circleci.com/project-id":"p7")"},
        Recipe{"Google", "accounts.google.com",
               "{'StringEquals':{'accounts.google.com:aud':'my-client','accounts.google.com:oaud':'sts.amazonaws.com'},"
               "'NumericEquals':{'accounts.google.com:google/organization_number':'345'}}",
               "1234567890", R"(,"azp":"my-client","google":{"organization_number":345})"},
        Recipe{"AnyWithMethods", "login.example", "{'ForAnyValue:StringEquals':{'login.example:amr':'mfa'}}", "dana",
               R"(,"amr":["pwd","mfa"])"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(WebIdentityTest, KnowsFurtherClaimsOfKnownIssuersOnly) {
  const OwnIssuer issuer("login.example");
  issuer.Publish(service);
  const directory::Role role =
      AddRole("Deploy", AddProvider("login.example"), Requires("login.example:repository", "acme/app"));
  EXPECT_THAT(Assume(role, issuer.Token("dana", R"(,"repository":"acme/app")", service.clock.now)),
              FailsSaying(ErrorCode::kAccessDenied, kDenied));
}

TEST_F(WebIdentityTest, RefusesAccessTokensOfOtherProviders) {
  const directory::Role role = AddRole("Deploy", AddProvider(kName), Requires(std::string(kName) + ":sub", kSubject));
  auto request = Request(role, GoodToken());
  request.provider_id = "graph.facebook.com";
  EXPECT_THAT(service.Unsigned().Call<AssumeRoleWithWebIdentity>(request), Fails(ErrorCode::kNotImplemented));
  request.provider_id = "login.example";
  EXPECT_THAT(service.Unsigned().Call<AssumeRoleWithWebIdentity>(request),
              FailsSaying(ErrorCode::kAccessDenied, kDenied));
}

// ---- Roles that a token is for

class RolesClaim : public WebIdentityTest {
 protected:
  RolesClaim() : issuer_("login.example"), role_(AddRole("Deploy", AddProvider("login.example"), "{}")) {
    issuer_.Publish(service);
  }
  // `roles` is JSON; nothing: the token has no such claim.
  Answer AssumeWith(const std::string& roles) {
    const std::string claim = roles.empty() ? roles : R"(,"https://aws.amazon.com/roles":)" + roles;
    return Assume(role_, issuer_.Token("dana", claim, service.clock.now));
  }
  void Require(const std::string& value) {
    service.SetTrust(role_, "{'Federated':'arn:aws:iam::111122223333:oidc-provider/login.example'}", kAction,
                     "{'Bool':{'sts:RoleAuthorizedByIdp':'" + value + "'}}");
    service.ReplaceRole(role_);
  }

  OwnIssuer issuer_;
  directory::Role role_;
};

TEST_F(RolesClaim, LetsTheRolesThatItListsBeAssumed) {
  for (const char* roles :
       {"", "null", R"("arn:aws:iam::111122223333:role/Deploy")", R"([" arn:aws:iam::111122223333:role/Deploy "])",
        R"("arn:aws:iam::111122223333:role/Other; arn:aws:iam::111122223333:role/Deploy")",
        R"([7,"Deploy","arn:aws:iam::111122223333:role/Deploy",{}])"}) {
    EXPECT_THAT(AssumeWith(roles), Succeeds()) << roles;
  }
}

TEST_F(RolesClaim, RefusesOthersWhateverTheTrustPolicySays) {
  for (const char* roles :
       {R"("arn:aws:iam::111122223333:role/Other")", R"(["arn:aws:iam::111122223333:role/deploy"])",
        R"(["arn:aws:iam::111122223333:role/De*","arn:aws:iam::111122223333:role/Other"])",
        R"("arn:aws:iam::444455556666:role/Deploy")", R"("arn:aws:iam::111122223333:role/ops/Deploy")"}) {
    EXPECT_THAT(AssumeWith(roles),
                FailsSaying(ErrorCode::kInvalidIdentityToken,
                            "The target role ARN is not present in the roles claim of the identity token"))
        << roles;
  }
}

TEST_F(RolesClaim, MustListARole) {
  for (const char* roles : {R"("")", "[]", R"("Deploy")", R"(["arn:aws:iam::111122223333:role/*"])", "[7]",
                            R"("arn:aws:sts::111122223333:role/Deploy")"}) {
    EXPECT_THAT(AssumeWith(roles),
                FailsSaying(ErrorCode::kInvalidIdentityToken, "The roles claim contains no valid role ARNs"))
        << roles;
  }
  for (const char* roles : {"7", "true", R"({"a":"arn:aws:iam::111122223333:role/Deploy"})"}) {
    EXPECT_THAT(AssumeWith(roles),
                FailsSaying(ErrorCode::kInvalidIdentityToken, "The roles claim is not in a supported format"))
        << roles;
  }
}

TEST_F(RolesClaim, IsWhatTrustPoliciesCanAskFor) {
  const char* listed = R"("arn:aws:iam::111122223333:role/Deploy")";
  Require("true");
  EXPECT_THAT(AssumeWith(listed), Succeeds());
  EXPECT_THAT(AssumeWith(""), FailsSaying(ErrorCode::kAccessDenied, kDenied));
  Require("false");
  EXPECT_THAT(AssumeWith(listed), FailsSaying(ErrorCode::kAccessDenied, kDenied));
  EXPECT_THAT(AssumeWith(""), Succeeds());
}

// ---- Resource control policies

TEST_F(RolesClaim, CanBeDemandedOfAWholeOrganization) {
  EXPECT_THAT(AssumeWith(""), Succeeds());
  BindByResourceControl(service,
                        "{'Effect':'Deny','Principal':'*','Action':'sts:AssumeRoleWithWebIdentity','Resource':'*',"
                        "'Condition':{'Bool':{'sts:RoleAuthorizedByIdp':'false'}}}");
  EXPECT_THAT(AssumeWith(""), FailsSaying(ErrorCode::kAccessDenied, kDenied));
  EXPECT_THAT(AssumeWith(R"("arn:aws:iam::111122223333:role/Deploy")"), Succeeds());
}

TEST_F(WebIdentityTest, IsBoundByTheResourceControlPoliciesOfTheRolesAccount) {
  const directory::Role role = AddRole("Deploy", AddProvider(kName), "{}");
  EXPECT_THAT(Assume(role, GoodToken()), Succeeds());
  BindByResourceControl(service,
                        "{'Effect':'Deny','Principal':'*','Action':'sts:*','Resource':'*','Condition':"
                        "{'StringNotEquals':{'issuer.example/tenant:sub':'somebody:else'}}}");
  EXPECT_THAT(Assume(role, GoodToken()), FailsSaying(ErrorCode::kAccessDenied, kDenied));
}

}  // namespace
}  // namespace claviger::service::testing

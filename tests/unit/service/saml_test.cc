// AssumeRoleWithSAML through the whole pipeline. The responses and the answers that they must get are
// tests/vectors/saml/cases.json.
#include "crypto/fingerprint.h"
#include "unit/federation/vectors.h"
#include "unit/service/resource_control.h"
#include "unit/service/service_fixture.h"

namespace claviger::service::testing {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using namespace gen::sts;  // NOLINT(google-build-using-namespace)
using gen::iam::api::GetUser;
using gen::sts::api::AssumeRoleWithSAML;
using gen::sts::api::GetCallerIdentity;
using ::testing::HasSubstr;

constexpr char kProvider[] = "arn:aws:iam::111122223333:saml-provider/corp";
constexpr char kDenied[] = "Not authorized to perform sts:AssumeRoleWithSAML";

const codec::JsonDocument& Vectors() {
  static const codec::JsonDocument document = federation::ReadVectors("saml/cases.json");
  return document;
}

std::string Vector(std::string_view name) { return std::string(Vectors().root().Find(name)->text); }

std::string ResponseOf(std::string_view name) {
  for (const codec::JsonValue& one : Vectors().root().Find("cases")->items) {
    if (one.Find("name")->text == name) return std::string(one.Find("response")->text);
  }
  ADD_FAILURE() << "there is no case " << name;
  return {};
}

class SamlTest : public ::testing::Test {
 protected:
  SamlTest() { service.clock.now = TimePoint(std::chrono::seconds(1769860800)); }

  void AddProvider(bool encryption_required = false) {
    service.Change([&](directory::Directory& directory) {
      directory::SamlProvider provider{
          .id = "SAMLSPTEST",
          .name = "corp",
          .created = service.clock.now,
          .valid_until = service.clock.now,
          .encryption_required = encryption_required,
          .issuers = {{.entity_id = Vector("issuer"), .certificates = {Base64Decode(Vector("certificate")).value()}}}};
      provider.private_keys.push_back(
          directory.saml_providers.SealPrivateKey(provider, "SAMLPK1", service.clock.now, Vector("private_key")));
      return directory.saml_providers.Insert(provider, "<metadata/>");
    });
  }
  directory::Role AddRole(
      const std::string& condition = "{'StringEquals':{'saml:aud':'https://signin.aws.amazon.com/saml'}}",
      const std::string& principal = kProvider) {
    return service.AddRole("Staff", "{'Federated':'" + principal + "'}", "'sts:AssumeRoleWithSAML'", condition);
  }
  static AssumeRoleWithSAMLRequest Request(const std::string& response) {
    return {.role_arn = Vector("role"), .principal_arn = kProvider, .saml_assertion = response};
  }
  Answer Assume(const std::string& response) { return service.Unsigned().Call<AssumeRoleWithSAML>(Request(response)); }

  Service service;
};

TEST_F(SamlTest, AnswersEveryResponseAsItMust) {
  AddProvider();
  AddRole("{}");
  const codec::JsonValue& cases = *Vectors().root().Find("cases");
  EXPECT_GT(cases.items.size(), 90U);
  for (const codec::JsonValue& one : cases.items) {
    SCOPED_TRACE(one.Find("name")->text);
    const Answer answer = Assume(std::string(one.Find("response")->text));
    EXPECT_EQ(answer.code, one.Find("code")->text);
    if (one.Find("code")->text.empty()) {
      EXPECT_THAT(answer, Succeeds());
      EXPECT_EQ(answer.Text("Subject"), "dana");
    } else {
      EXPECT_EQ(answer.message, one.Find("message")->text);
      EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("AccessKeyId")));
    }
  }
}

TEST_F(SamlTest, MakesASessionOfTheRole) {
  AddProvider();
  const directory::Role role = AddRole();
  const Answer answer = Assume(ResponseOf("good, the assertion signed"));
  ASSERT_THAT(answer, Succeeds());
  EXPECT_EQ(answer.Text("Arn"), "arn:aws:sts::111122223333:assumed-role/Staff/dana@corp.example");
  EXPECT_EQ(answer.Text("AssumedRoleId"), role.id + ":dana@corp.example");
  EXPECT_EQ(answer.Text("SubjectType"), "persistent");
  EXPECT_EQ(answer.Text("Issuer"), "https://idp.example/metadata");
  EXPECT_EQ(answer.Text("Audience"), "https://signin.aws.amazon.com/saml");
  EXPECT_EQ(answer.Text("NameQualifier"),
            Base64Encode(crypto::Sha1Of("https://idp.example/metadata/111122223333/corp")));
  EXPECT_EQ(answer.Text("Expiration"), "2026-01-31T13:00:00Z");
  const Answer who = service.As(Service::In(answer)).Call<GetCallerIdentity>({});
  EXPECT_EQ(who.Text("Arn"), "arn:aws:sts::111122223333:assumed-role/Staff/dana@corp.example");
}

TEST_F(SamlTest, KeepsWhoItIsForLaterRequests) {
  AddProvider();
  const directory::Role role = AddRole();
  service.AddUser("bob");
  service.PutRolePolicy(role, "p",
                        Service::Statement("Allow", "iam:GetUser", "*",
                                           "{'StringEquals':{'saml:sub':'dana','saml:sub_type':'persistent',"
                                           "'aws:FederatedProvider':'" +
                                               std::string(kProvider) +
                                               "'},"
                                               "'Null':{'saml:iss':'true','saml:aud':'true'}}"));
  const auto session = Service::In(Assume(ResponseOf("good, the assertion signed")));
  EXPECT_THAT(service.As(session).Call<GetUser>({.user_name = "bob"}), Succeeds());
}

TEST_F(SamlTest, TrustsOnlyAsTheRoleSays) {
  AddProvider();
  directory::Role role = AddRole("{'StringEquals':{'saml:sub':'somebody'}}");
  const std::string good = ResponseOf("good, the assertion signed");
  EXPECT_THAT(Assume(good), FailsSaying(ErrorCode::kAccessDenied, kDenied));
  const auto trust = [&](const std::string& principal, const std::string& condition) {
    service.SetTrust(role, "{'Federated':'" + principal + "'}", "'sts:AssumeRoleWithSAML'", condition);
    service.ReplaceRole(role);
    return Assume(good);
  };
  EXPECT_THAT(
      trust(kProvider, "{'StringEquals':{'saml:doc':'111122223333/corp','saml:iss':'https://idp.example/metadata'}}"),
      Succeeds());
  EXPECT_THAT(trust(std::string(kProvider) + "2", "{}"), FailsSaying(ErrorCode::kAccessDenied, kDenied));
}

TEST_F(SamlTest, DemandsEncryptionWhereTheProviderDoes) {
  AddProvider(true);
  AddRole();
  EXPECT_THAT(Assume(ResponseOf("good, the assertion signed")),
              FailsSaying(ErrorCode::kInvalidIdentityToken, "The SAML response has no valid encrypted assertion"));
  EXPECT_THAT(Assume(ResponseOf("good, encrypted")), Succeeds());
}

TEST_F(SamlTest, NeedsAProviderAndARoleOfOneAccount) {
  const std::string good = ResponseOf("good, the assertion signed");
  EXPECT_THAT(Assume(good), FailsSaying(ErrorCode::kInvalidIdentityToken, "Specified provider doesn't exist"));
  AddProvider();
  EXPECT_THAT(Assume(good), FailsSaying(ErrorCode::kAccessDenied, kDenied));  // There is no such role.
  auto request = Request(good);
  request.role_arn = "arn:aws:iam::444455556666:role/Staff";
  EXPECT_THAT(service.Unsigned().Call<AssumeRoleWithSAML>(request), FailsSaying(ErrorCode::kAccessDenied, kDenied));
}

TEST_F(SamlTest, LastsAsLongAsTheRoleLets) {
  AddProvider();
  AddRole();
  auto request = Request(ResponseOf("good, the assertion signed"));
  request.duration_seconds = 3601;
  EXPECT_THAT(service.Unsigned().Call<AssumeRoleWithSAML>(request),
              FailsSaying(ErrorCode::kValidationError,
                          "Requested DurationSeconds exceeds MaxSessionDuration set for this role."));
  request.duration_seconds = 900;
  EXPECT_EQ(service.Unsigned().Call<AssumeRoleWithSAML>(request).Text("Expiration"), "2026-01-31T12:15:00Z");
}

TEST_F(SamlTest, MayBeUsedAgainWithinItsTime) {  // For another of its roles, as command lines do.
  AddProvider();
  AddRole();
  const std::string good = ResponseOf("good, the assertion signed");
  EXPECT_THAT(Assume(good), Succeeds());
  EXPECT_THAT(Assume(good), Succeeds());
  service.clock.now += std::chrono::minutes(5);
  EXPECT_THAT(Assume(good),
              FailsSaying(ErrorCode::kExpiredTokenException, "Token must be redeemed within 5 minutes of issuance"));
}

TEST_F(SamlTest, IsBoundByTheResourceControlPoliciesOfTheRolesAccount) {
  AddProvider();
  AddRole();
  const std::string good = ResponseOf("good, the assertion signed");
  EXPECT_THAT(Assume(good), Succeeds());
  BindByResourceControl(service, "{'Effect':'Deny','Principal':'*','Action':'sts:AssumeRoleWithSAML','Resource':'*'}");
  EXPECT_THAT(Assume(good), FailsSaying(ErrorCode::kAccessDenied, kDenied));
}

}  // namespace
}  // namespace claviger::service::testing

// Callers that no credentials can be made for yet, and trust policies: straight against the Authorizer.
#include "aws/arn.h"
#include "service/authorize.h"
#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using namespace gen::sts::api;  // NOLINT(google-build-using-namespace)

constexpr std::string_view kReader = "arn:aws:iam::111122223333:role/svc/Reader";

std::string Quoted(std::string text) {
  std::ranges::replace(text, '\'', '"');
  return text;
}

std::shared_ptr<const authz::CompiledSet> SetOf(const std::string& document) {
  auto parsed = policy::Parse(Quoted(document), policy::Kind::kSession);
  std::vector<std::shared_ptr<const authz::CompiledPolicy>> policies;
  policies.push_back(authz::Compile(std::move(parsed).value(), {}));
  return std::make_shared<const authz::CompiledSet>(std::move(policies));
}

class AuthorizerTest : public ::testing::Test {
 protected:
  AuthorizerTest()
      : reader(std::move(service.store.NewReader()).value()),
        directories{.keys = service.keys,
                    .quotas = service.quotas,
                    .catalogue = directory::BuiltinCatalogue(),
                    .random = random},
        authorizer(*reader, directories) {
    service.AddUser("bob");
    AddRole("AROAEXAMPLEEXAMPLE123", "/svc/", "Reader", "nobody");
  }

  // A role that trusts `principal`, an AWS principal.
  void AddRole(const std::string& id, const std::string& path, const std::string& name, const std::string& principal,
               const std::string& actions = "'sts:AssumeRole'", const std::string& condition = "{}") {
    const std::string trust = principal == "nobody"
                                  ? "{}"
                                  : "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':{'AWS':'" +
                                        principal + "'},'Action':[" + actions + "],'Condition':" + condition + "}]}";
    service.Change([&](directory::Directory& directory) {
      return directory.roles.Insert({.id = id, .path = path, .name = name, .trust_policy = Quoted(trust)});
    });
  }
  void AllowRole(const std::string& action) {
    service.Change([&](directory::Directory& directory) {
      return directory.holdings.PutInline({directory::EntityKind::kRole, "AROAEXAMPLEEXAMPLE123", "Reader"}, "p",
                                          Quoted(Service::Statement("Allow", action)));
    });
  }

  Identity Bob() {
    return {.caller = {.type = PrincipalType::kUser,
                       .account = kAccount,
                       .arn = "arn:aws:iam::111122223333:user/bob",
                       .user_id = service.IdOf("bob"),
                       .unique_id = service.IdOf("bob"),
                       .user_name = "bob"}};
  }
  static Identity Dana() {
    return {.caller = {.type = PrincipalType::kAssumedRole,
                       .account = kAccount,
                       .arn = "arn:aws:sts::111122223333:assumed-role/Reader/dana",
                       .user_id = "AROAEXAMPLEEXAMPLE123:dana",
                       .unique_id = "AROAEXAMPLEEXAMPLE123",
                       .session = Caller::Session{}},
            .issuer_arn = std::string(kReader)};
  }
  Identity Fred() {
    Identity fred = Bob();
    fred.caller.type = PrincipalType::kFederatedUser;
    fred.caller.arn = "arn:aws:sts::111122223333:federated-user/fred";
    fred.caller.user_id = "111122223333:fred";
    fred.caller.session = Caller::Session{};
    fred.issuer_arn = "arn:aws:iam::111122223333:user/bob";
    return fred;
  }

  // "allowed", or the error's text.
  template <class Operation>
  std::string Ask(const Identity& caller, const typename Operation::Request& request) {
    EXPECT_TRUE(reader->Refresh().ok());
    const http::Request http;
    const Result<> result = authorizer.Authorize({.caller = caller,
                                                  .operation = Operation::Info(),
                                                  .request = &request,
                                                  .http = http,
                                                  .region = "us-east-1",
                                                  .now = service.clock.now},
                                                 nullptr);
    return result.ok() ? "allowed" : result.error().message;
  }
  std::string Assume(const Identity& caller, const std::string& role) {
    return Ask<AssumeRole>(caller, {.role_arn = "arn:aws:iam::111122223333:role/" + role, .role_session_name = "s1"});
  }

  static std::string MayNot(const Identity& caller, const std::string& action, const std::string& resource,
                            const std::string& tail = "") {
    return "User: " + caller.caller.arn + " is not authorized to perform: " + action + " on resource: " + resource +
           tail;
  }

  Service service;
  SeededRandom random{3};
  std::unique_ptr<store::Reader> reader;
  Directories directories;
  Authorizer authorizer;
};

TEST_F(AuthorizerTest, ARoleSessionHasTheRolesPolicies) {
  EXPECT_EQ(Ask<ListUsers>(Dana(), {}), MayNot(Dana(), "iam:ListUsers", "arn:aws:iam::111122223333:user/",
                                               " because no identity-based policy allows the iam:ListUsers action"));
  AllowRole("iam:*");
  EXPECT_EQ(Ask<ListUsers>(Dana(), {}), "allowed");
  EXPECT_EQ(Ask<GetUser>(Dana(), {}), "allowed");  // Of whom, the operation then asks.
}

TEST_F(AuthorizerTest, ARoleSessionIsRefusedOtherSessions) {
  AllowRole("*");
  EXPECT_EQ(Ask<GetSessionToken>(Dana(), {}), "Cannot call GetSessionToken with session credentials");
  EXPECT_EQ(Ask<GetFederationToken>(Dana(), {}), "Cannot call GetFederationToken with session credentials");
  EXPECT_EQ(Ask<GetAccessKeyInfo>(Dana(), {.access_key_id = "AKIAAAAAAAAAAAAAAAAA"}), "allowed");
}

TEST_F(AuthorizerTest, ASessionPolicyNarrows) {
  AllowRole("iam:*");
  Identity dana = Dana();
  dana.session_policies = SetOf(Service::Statement("Allow", "iam:ListUsers"));
  EXPECT_EQ(Ask<ListUsers>(dana, {}), "allowed");
  EXPECT_EQ(Ask<ListRoles>(dana, {}), MayNot(dana, "iam:ListRoles", "arn:aws:iam::111122223333:role/",
                                             " because no session policy allows the iam:ListRoles action"));
  dana.session_policies = SetOf(Service::Statement("Deny", "iam:*"));
  EXPECT_EQ(Ask<ListUsers>(dana, {}), MayNot(dana, "iam:ListUsers", "arn:aws:iam::111122223333:user/",
                                             " with an explicit deny in a session policy"));
}

TEST_F(AuthorizerTest, AFederatedUserMayAskWhoItIsAndNothingElse) {
  service.Allow("bob", "*");
  EXPECT_EQ(Ask<GetCallerIdentity>(Fred(), {}), "allowed");
  EXPECT_EQ(Ask<ListUsers>(Fred(), {}), "The security token included in the request is invalid.");
  EXPECT_EQ(Ask<GetSessionToken>(Fred(), {}), "Cannot call GetSessionToken with session credentials");
  const std::string assume = Assume(Fred(), "svc/Reader");
  EXPECT_NE(assume, "allowed");
}

TEST_F(AuthorizerTest, TrustInTheCallerItselfNeedsNoOtherPermission) {
  AddRole("AROAOTHEROTHEROTHER12", "/", "Other", service.IdOf("bob"));
  EXPECT_EQ(Assume(Bob(), "Other"), "allowed");
}

TEST_F(AuthorizerTest, TrustInTheAccountNeedsPermissionToo) {
  AddRole("AROAOTHEROTHEROTHER12", "/", "Other", "arn:aws:iam::111122223333:root");
  EXPECT_EQ(Assume(Bob(), "Other"), MayNot(Bob(), "sts:AssumeRole", "arn:aws:iam::111122223333:role/Other"));
  service.Allow("bob", "sts:AssumeRole");
  EXPECT_EQ(Assume(Bob(), "Other"), "allowed");
}

TEST_F(AuthorizerTest, PermissionAloneIsNotEnoughToAssumeARole) {
  service.Allow("bob", "*");
  AddRole("AROAOTHEROTHEROTHER12", "/", "Other", "444455556666");
  EXPECT_EQ(Assume(Bob(), "Other"), MayNot(Bob(), "sts:AssumeRole", "arn:aws:iam::111122223333:role/Other"));
  EXPECT_EQ(Assume(Bob(), "svc/Reader"), MayNot(Bob(), "sts:AssumeRole", std::string(kReader)));  // Unreadable trust.
  EXPECT_EQ(Assume(Bob(), "Reader"), MayNot(Bob(), "sts:AssumeRole", "arn:aws:iam::111122223333:role/Reader"));
}

TEST_F(AuthorizerTest, TrustMayAskForAnExternalId) {
  AddRole("AROAOTHEROTHEROTHER12", "/", "Other", service.IdOf("bob"), "'sts:AssumeRole'",
          "{'StringEquals':{'sts:ExternalId':'x9'}}");
  EXPECT_NE(Assume(Bob(), "Other"), "allowed");
  const AssumeRole::Request request{
      .role_arn = "arn:aws:iam::111122223333:role/Other", .role_session_name = "s1", .external_id = "x9"};
  EXPECT_EQ(Ask<AssumeRole>(Bob(), request), "allowed");
}

TEST_F(AuthorizerTest, TaggingASessionMustBeTrustedToo) {
  AddRole("AROAOTHEROTHEROTHER12", "/", "Other", service.IdOf("bob"));
  AddRole("AROATAGGEDTAGGEDTAG12", "/", "Tagged", service.IdOf("bob"), "'sts:AssumeRole','sts:TagSession'");
  AssumeRole::Request request{.role_arn = "arn:aws:iam::111122223333:role/Other",
                              .role_session_name = "s1",
                              .tags = {{{.key = "a", .value = "1"}}}};
  EXPECT_EQ(Ask<AssumeRole>(Bob(), request), MayNot(Bob(), "sts:TagSession", "arn:aws:iam::111122223333:role/Other"));
  request.role_arn = "arn:aws:iam::111122223333:role/Tagged";
  EXPECT_EQ(Ask<AssumeRole>(Bob(), request), "allowed");
}

TEST_F(AuthorizerTest, ARoleOfAnotherAccountNeedsBothSides) {
  const AccountId other = *AccountId::Parse("444455556666");
  const std::string trust = Quoted(
      "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111122223333:root'},"
      "'Action':'sts:AssumeRole'}]}");
  service.Change([&](directory::Directory& directory) {
    directory::Directory foreign = directories.Of(directory.context.transaction, other);
    return foreign.roles.Insert({.id = "AROAFOREIGNFOREIGN123", .path = "/", .name = "Far", .trust_policy = trust});
  });
  const std::string arn = "arn:aws:iam::444455556666:role/Far";
  const AssumeRole::Request request{.role_arn = arn, .role_session_name = "s1"};
  EXPECT_EQ(Ask<AssumeRole>(Bob(), request), MayNot(Bob(), "sts:AssumeRole", arn));
  service.Allow("bob", "sts:AssumeRole", arn);
  EXPECT_EQ(Ask<AssumeRole>(Bob(), request), "allowed");
}

TEST_F(AuthorizerTest, LeavesUnsignedAssumptionsToTheOperation) {
  EXPECT_EQ(Ask<AssumeRoleWithWebIdentity>(Bob(), {}), "allowed");
}

}  // namespace
}  // namespace claviger::service

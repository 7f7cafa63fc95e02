// AssumeRoot once policies have let it pass: which organization lets whom. Who may, and what the sessions may, is in
// unit/service/assume_root_test.cc.
#include "ops/sts/assume_root.h"

#include "aws/unique_id.h"
#include "gen/organizations/operations.h"
#include "ops/iam/organization_features.h"
#include "ops/organizations/account.h"
#include "ops/organizations/organization.h"
#include "ops/organizations/service.h"
#include "session/token.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace)
namespace organizations = gen::organizations::api;
using gen::iam::api::DisableOrganizationsRootCredentialsManagement;
using gen::iam::api::DisableOrganizationsRootSessions;
using gen::iam::api::EnableOrganizationsRootCredentialsManagement;
using gen::iam::api::EnableOrganizationsRootSessions;
using std::chrono::seconds;
using ::testing::ElementsAre;

constexpr char kIam[] = "iam.amazonaws.com";
constexpr char kAudit[] = "IAMAuditRootUserCredentials";

Caller UserCaller(AccountId account) {
  return {.type = PrincipalType::kUser,
          .account = account,
          .arn = IamArn(account, "user", "/", "bob"),
          .user_id = "AIDABOB",
          .unique_id = "AIDABOB",
          .user_name = "bob",
          .access_key_id = "AKIABOB",
          .session = std::nullopt};
}

// A user of the management account of an organization with two members, which may have root users assumed.
class AssumeRoot : public testing::Test {
 protected:
  AssumeRoot() {
    EXPECT_THAT(service.Call<organizations::CreateOrganization>(), Succeeds());
    dev = MakeAccount("dev");
    security = MakeAccount("security");
    EXPECT_THAT(service.Call<organizations::EnableAWSServiceAccess>({.service_principal = kIam}), Succeeds());
    EXPECT_THAT(service.Call<EnableOrganizationsRootCredentialsManagement>(), Succeeds());
    EXPECT_THAT(service.Call<EnableOrganizationsRootSessions>(), Succeeds());
    service.caller = UserCaller(kAccount);
  }

  AccountId MakeAccount(const std::string& name) {
    const auto made =
        service.Call<organizations::CreateAccount>({.email = name + "@example.com", .account_name = name});
    EXPECT_THAT(made, Succeeds());
    return *AccountId::Parse(*made->create_account_status->account_id);
  }
  // As the root user of the management account.
  template <class Operation>
  void Manage(const typename Operation::Request& request = {}) {
    const Caller caller = std::exchange(service.caller, RootCaller());
    EXPECT_THAT(service.Call<Operation>(request), Succeeds());
    service.caller = caller;
  }
  Result<AssumeRootResponse> Assume(const std::string& target, const std::string& task = kAudit,
                                    std::optional<std::int32_t> duration = std::nullopt) {
    return service.Call<api::AssumeRoot>({.target_principal = target,
                                          .task_policy_arn = {.arn = "arn:aws:iam::aws:policy/root-task/" + task},
                                          .duration_seconds = duration});
  }
  auto IsNotAuthorized(AccountId target) {
    return FailsWith(ErrorCode::kAccessDenied,
                     "User: " + service.caller.arn +
                         " is not authorized to perform: sts:AssumeRoot on resource: " + RootArn(target));
  }
  session::Session Open(const Result<AssumeRootResponse>& response) {
    EXPECT_THAT(response, Succeeds());
    if (!response.ok()) return {};
    const auto session = session::OpenToken(response->credentials->session_token, service.world.keys.sessions);
    EXPECT_THAT(session, Succeeds());
    return *session;
  }

  Service service{RegisterAssumeRootOperations, iam::RegisterOrganizationFeatureOperations,
                  ops::organizations::RegisterAccountOperations, ops::organizations::RegisterOrganizationOperations,
                  ops::organizations::RegisterServiceOperations};
  AccountId dev;
  AccountId security;
};

TEST_F(AssumeRoot, SealsTheRootUserAndItsTask) {
  const auto response = Assume(dev.ToString());
  const session::Session session = Open(response);
  EXPECT_EQ(session.type, PrincipalType::kRoot);
  EXPECT_EQ(session.account, dev);
  EXPECT_EQ(session.principal_id, dev.ToString());
  EXPECT_TRUE(session.assumed_root);
  EXPECT_FALSE(session.mfa_authenticated);
  EXPECT_THAT(
      session.managed_policies,
      ElementsAre(directory::AwsManagedPolicyId("arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials")));
  EXPECT_EQ(session.origin, (SessionOrigin{kAccount, "AIDABOB", "AKIABOB"}));
  EXPECT_EQ(session.expires, kNow + seconds(900));
  EXPECT_EQ(response->credentials->expiration, session.expires);
  EXPECT_EQ(AccountInId(response->credentials->access_key_id), dev);
  EXPECT_EQ(response->source_identity, std::nullopt);
}

TEST_F(AssumeRoot, TakesTheRootArnToo) { EXPECT_EQ(Open(Assume(RootArn(dev))).account, dev); }

TEST_F(AssumeRoot, LastsAsLongAsIsAsked) {
  EXPECT_EQ(Open(Assume(dev.ToString(), kAudit, 60)).expires, kNow + seconds(60));
  EXPECT_EQ(Open(Assume(dev.ToString(), kAudit, 0)).expires, kNow);
}

TEST_F(AssumeRoot, CarriesTheSourceIdentityOn) {
  service.caller.type = PrincipalType::kAssumedRole;
  service.caller.session = Caller::Session{.issued = kNow,
                                           .expires = kNow + seconds(3600),
                                           .origin = {kAccount, "AIDAEVE", "AKIAEVE"},
                                           .source_identity = "eve"};
  service.caller.access_key_id = "ASIAROLE";
  const auto response = Assume(dev.ToString());
  const session::Session session = Open(response);
  EXPECT_EQ(response->source_identity, "eve");
  EXPECT_EQ(session.source_identity, "eve");
  EXPECT_EQ(session.origin.access_key_id, "AKIAEVE");
  EXPECT_THAT(session.via, ElementsAre("ASIAROLE"));
}

TEST_F(AssumeRoot, IsForRootUsersOfMembersAlone) {
  EXPECT_THAT(Assume(kAccount.ToString()), IsNotAuthorized(kAccount));
  EXPECT_THAT(Assume(kOtherAccount.ToString()), IsNotAuthorized(kOtherAccount));
  for (const std::string& principal :
       {IamArn(dev, "user", "/", "bob"), std::string("nobody-at-all"), "arn:aws-cn:iam::" + dev.ToString() + ":root",
        "arn:aws:sts::" + dev.ToString() + ":root", std::string("arn:aws:iam:::root")}) {
    EXPECT_THAT(Assume(principal),
                FailsWith(ErrorCode::kValidationError, "Request must contain a valid target principal"))
        << principal;
  }
}

TEST_F(AssumeRoot, NeedsATask) {
  const auto refused = FailsWith(ErrorCode::kValidationError, "Request must contain valid AWS managed task policy ARN");
  EXPECT_THAT(Assume(dev.ToString(), "IAMReadOnlyAccess"), refused);
  EXPECT_THAT(Assume(dev.ToString(), ""), refused);
  EXPECT_THAT(service.Call<api::AssumeRoot>({.target_principal = dev.ToString(),
                                             .task_policy_arn = {.arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"}}),
              refused);
  EXPECT_THAT(service.Call<api::AssumeRoot>({.target_principal = dev.ToString(), .task_policy_arn = {}}), refused);
}

TEST_F(AssumeRoot, IsNotForRootUsers) {
  service.caller = RootCaller();
  EXPECT_THAT(Assume(dev.ToString()), IsNotAuthorized(dev));
}

TEST_F(AssumeRoot, IsForTheManagementAccountAndItsDelegates) {
  service.caller = UserCaller(security);
  EXPECT_THAT(Assume(dev.ToString()), IsNotAuthorized(dev));
  Manage<organizations::EnableAWSServiceAccess>({.service_principal = "cloudtrail.amazonaws.com"});
  Manage<organizations::RegisterDelegatedAdministrator>(
      {.account_id = security.ToString(), .service_principal = "cloudtrail.amazonaws.com"});
  EXPECT_THAT(Assume(dev.ToString()), IsNotAuthorized(dev));
  Manage<organizations::RegisterDelegatedAdministrator>({.account_id = security.ToString(), .service_principal = kIam});
  EXPECT_THAT(Assume(dev.ToString()), Succeeds());
  EXPECT_THAT(Assume(kAccount.ToString()), IsNotAuthorized(kAccount));
}

TEST_F(AssumeRoot, IsForOrganizationsThatTrustIam) {
  Manage<organizations::DisableAWSServiceAccess>({.service_principal = kIam});
  EXPECT_THAT(Assume(dev.ToString()),
              FailsWith(ErrorCode::kAccessDenied, "Service not enabled for AWS Organizations."));
}

TEST_F(AssumeRoot, NeedsTheFeatureOfItsTask) {
  Manage<DisableOrganizationsRootCredentialsManagement>();
  for (const std::string task :
       {"IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials"}) {
    EXPECT_THAT(Assume(dev.ToString(), task),
                FailsWith(ErrorCode::kAccessDenied,
                          "Root credentials management feature is not enabled for your AWS Organization."));
  }
  EXPECT_THAT(Assume(dev.ToString(), "S3UnlockBucketPolicy"), Succeeds());
  Manage<DisableOrganizationsRootSessions>();
  Manage<EnableOrganizationsRootCredentialsManagement>();
  for (const std::string task : {"S3UnlockBucketPolicy", "SQSUnlockQueuePolicy"}) {
    EXPECT_THAT(Assume(dev.ToString(), task),
                FailsWith(ErrorCode::kAccessDenied, "Root sessions feature is not enabled for your AWS Organization."));
  }
  EXPECT_THAT(Assume(dev.ToString()), Succeeds());
}

TEST_F(AssumeRoot, IsNotForAccountsThatAreClosedOrHaveLeft) {
  Manage<organizations::CloseAccount>({.account_id = dev.ToString()});
  EXPECT_THAT(Assume(dev.ToString()), IsNotAuthorized(dev));
  Manage<organizations::RemoveAccountFromOrganization>({.account_id = security.ToString()});
  EXPECT_THAT(Assume(security.ToString()), IsNotAuthorized(security));
}

}  // namespace
}  // namespace claviger::ops::sts

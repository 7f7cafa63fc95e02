// AssumeRoot through the whole pipeline: who may, and what its sessions may.
#include "directory/organization_setup.h"
#include "gen/organizations/operations.h"
#include "service_fixture.h"

namespace claviger::service::testing {
namespace {

using namespace gen::iam::api;  // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using directory::ControlPolicyType;
using gen::sts::api::AssumeRole;
using gen::sts::api::AssumeRoot;
using gen::sts::api::GetAccessKeyInfo;
using gen::sts::api::GetCallerIdentity;
using gen::sts::api::GetFederationToken;
using gen::sts::api::GetSessionToken;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kAudit[] = "IAMAuditRootUserCredentials";
constexpr char kCreate[] = "IAMCreateRootUserPassword";
constexpr char kDelete[] = "IAMDeleteRootUserCredentials";
constexpr char kRootKey[] = "AKIAMEMBERMEMBERROOT";

std::string TaskArn(const std::string& task) { return "arn:aws:iam::aws:policy/root-task/" + task; }

// kAccount manages an organization that kOtherAccount is a member of; bob is a user of the former.
class AssumeRootTest : public ::testing::Test {
 protected:
  AssumeRootTest() : bob(service.AddUser("bob")) {
    service.Change([&](directory::Directory& directory) -> Result<> {
      const directory::Context member = InAccount(directory.context, kOtherAccount);
      TRY(directory::InsertAccount(directory.context.transaction, {.id = kOtherAccount, .created = service.clock.now}));
      TRY(directory::Directory(member).access_keys.Insert({.id = kRootKey,
                                                           .owner = std::string(directory::kRootOwner),
                                                           .created = service.clock.now,
                                                           .secret = crypto::Secret("member")}));
      organization = TRY(directory::CreateOrganization(
          directory.context, directory::FeatureSet::kAll,
          {.id = kAccount.ToString(), .name = "m", .email = "m@example.com", .parent = {}, .joined = {}}, {}));
      organization.root_features = {directory::RootFeature::kRootCredentialsManagement,
                                    directory::RootFeature::kRootSessions};
      directory::OrganizationDirectory parts(directory.context, kAccount);
      parts.Put(organization);
      parts.services.Put({.id = "iam.amazonaws.com", .enabled = {}});
      return directory::AddMember(parts, organization,
                                  {.id = kOtherAccount.ToString(),
                                   .name = "dev",
                                   .email = "dev@example.com",
                                   .parent = organization.root_id,
                                   .joined = {}});
    });
  }

  // The document's quotation marks may be single ones.
  void Attach(const std::string& id, std::string content, ControlPolicyType type = ControlPolicyType::kServiceControl) {
    std::ranges::replace(content, '\'', '"');
    service.Change([&](directory::Directory& directory) -> Result<> {
      directory::OrganizationDirectory parts(directory.context, kAccount);
      if (!organization.Enables(type)) {
        organization.enabled_types.push_back(type);
        parts.Put(organization);
        for (const std::string& target : {organization.root_id, kOtherAccount.ToString()}) {
          directory::ControlAttachments(parts).Attach(directory::DefaultControlPolicy(type).id, target);
        }
      }
      parts.policies.Put({.id = id, .type = type, .name = id, .description = {}, .content = content, .tags = {}});
      directory::ControlAttachments(parts).Attach(id, kOtherAccount.ToString());
      return {};
    });
  }
  Answer Ask(const std::string& task = kAudit, const std::string& target = "444455556666") {
    return service.As(bob).Call<AssumeRoot>({.target_principal = target, .task_policy_arn = {.arn = TaskArn(task)}});
  }
  Client Root(const std::string& task) {
    if (!allowed_) service.Allow("bob", "sts:AssumeRoot", "arn:aws:iam::*:root");
    allowed_ = true;
    return service.As(Service::In(Ask(task)));
  }
  static auto DeniedByTask(const std::string& task, const std::string& what) {
    return FailsSaying(ErrorCode::kAccessDenied,
                       "User: arn:aws:iam::444455556666:root is not authorized to perform: " + what +
                           " with an explicit deny in a session policy: " + TaskArn(task));
  }

  Service service;
  Credentials bob;
  directory::Organization organization;
  bool allowed_ = false;
};

TEST_F(AssumeRootTest, NeedsPermissionOnTheRootUserOfTheAccount) {
  const auto denied = FailsSaying(ErrorCode::kAccessDenied,
                                  "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
                                  "sts:AssumeRoot on resource: arn:aws:iam::444455556666:root");
  EXPECT_THAT(Ask(), denied);
  service.Allow("bob", "sts:AssumeRoot", "arn:aws:iam::777788889999:root");
  service.Allow("bob", "sts:AssumeRole");
  EXPECT_THAT(Ask(), denied);
  service.Allow("bob", "sts:AssumeRoot", "arn:aws:iam::444455556666:root");
  EXPECT_THAT(Ask(), Succeeds());
  // As recorded, not even an explicit denial is called one.
  service.Deny("bob", "sts:AssumeRoot");
  EXPECT_THAT(Ask(), denied);
}

TEST_F(AssumeRootTest, ReadsConditionsAboutTheTaskAndTheTarget) {
  service.Allow("bob", "sts:AssumeRoot", "*", "{'ArnEquals':{'sts:TaskPolicyArn':'" + TaskArn(kAudit) + "'}}");
  EXPECT_THAT(Ask(kAudit), Succeeds());
  EXPECT_THAT(Ask(kDelete), Fails(ErrorCode::kAccessDenied));
  service.Deny("bob", "sts:AssumeRoot", "arn:aws:iam::444455556666:*");
  EXPECT_THAT(Ask(kAudit), Fails(ErrorCode::kAccessDenied));
}

TEST_F(AssumeRootTest, IsNoWayRoundAMissingPermissionInTheAccountItself) {
  service.Allow("bob", "sts:AssumeRoot");
  EXPECT_THAT(Ask(kAudit, "111122223333"), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(Ask(kAudit, "nobody-at-all"),
              FailsSaying(ErrorCode::kValidationError, "Request must contain a valid target principal"));
}

TEST_F(AssumeRootTest, IsBoundByTheTargetsResourceControlPolicies) {
  service.Allow("bob", "sts:AssumeRoot");
  EXPECT_THAT(Ask(), Succeeds());
  Attach("p-rcp",
         "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','Principal':'*','Action':'sts:*','Resource':'*'}]}",
         ControlPolicyType::kResourceControl);
  EXPECT_THAT(Ask(), Fails(ErrorCode::kAccessDenied));
}

TEST_F(AssumeRootTest, IsTheRootUserOfTheMember) {
  const Client root = Root(kAudit);
  const Answer who = root.Call<GetCallerIdentity>({});
  EXPECT_EQ(who.Text("Arn"), "arn:aws:iam::444455556666:root");
  EXPECT_EQ(who.Text("UserId"), "444455556666");
  EXPECT_EQ(who.Text("Account"), "444455556666");
  const Answer user = root.Call<GetUser>({});
  EXPECT_THAT(user, Succeeds());
  EXPECT_EQ(user.Text("Arn"), "arn:aws:iam::444455556666:root");
  EXPECT_THAT(user.body, Not(HasSubstr("UserName")));
}

TEST_F(AssumeRootTest, AuditsTheRootUsersCredentials) {
  const Client root = Root(kAudit);
  EXPECT_THAT(root.Call<ListAccessKeys>({}).body, HasSubstr(kRootKey));
  EXPECT_THAT(root.Call<ListMFADevices>({}), Succeeds());
  EXPECT_THAT(root.Call<ListSigningCertificates>({}), Succeeds());
  EXPECT_THAT(root.Call<GetAccountSummary>({}), Succeeds());
  EXPECT_THAT(root.Call<GetAccessKeyLastUsed>({.access_key_id = kRootKey}), Succeeds());
  EXPECT_THAT(root.Call<GetLoginProfile>({}),
              FailsSaying(ErrorCode::kNoSuchEntity, "Login Profile for User null cannot be found."));
}

TEST_F(AssumeRootTest, MayNothingBeyondItsTask) {
  const Client root = Root(kAudit);
  EXPECT_THAT(root.Call<DeleteAccessKey>({.access_key_id = kRootKey}),
              DeniedByTask(kAudit, "iam:DeleteAccessKey on resource: arn:aws:iam::444455556666:root"));
  EXPECT_THAT(root.Call<CreateUser>({.user_name = "eve"}),
              DeniedByTask(kAudit, "iam:CreateUser on resource: arn:aws:iam::444455556666:user/eve"));
  // Of the account's users it may not see anything either.
  EXPECT_THAT(root.Call<ListAccessKeys>({.user_name = "eve"}),
              DeniedByTask(kAudit, "iam:ListAccessKeys on resource: user eve"));
  EXPECT_THAT(root.Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(root.Call<CreateLoginProfile>({}), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(Root("S3UnlockBucketPolicy").Call<GetUser>({}), Fails(ErrorCode::kAccessDenied));
}

TEST_F(AssumeRootTest, LeadsToNoOtherSession) {
  const Client root = Root(kAudit);
  EXPECT_THAT(root.Call<GetSessionToken>({}),
              FailsSaying(ErrorCode::kAccessDenied, "Cannot call GetSessionToken with session credentials"));
  EXPECT_THAT(root.Call<GetFederationToken>({.name = "fay"}), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(root.Call<GetAccessKeyInfo>({.access_key_id = kRootKey}), DeniedByTask(kAudit, "sts:GetAccessKeyInfo"));
  const directory::Role role = service.AddRole("Reader", "{'AWS':'*'}");
  EXPECT_THAT(root.Call<AssumeRole>({.role_arn = Service::ArnOf(role), .role_session_name = "s1"}),
              Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(root.Call<AssumeRoot>({.target_principal = "444455556666", .task_policy_arn = {.arn = TaskArn(kDelete)}}),
              Fails(ErrorCode::kAccessDenied));
}

TEST_F(AssumeRootTest, MakesAProfileWithoutAPassword) {
  const Client root = Root(kCreate);
  EXPECT_THAT(root.Call<CreateLoginProfile>({.password = "Correct-Horse-1"}), Fails(ErrorCode::kValidationError));
  const Answer made = root.Call<CreateLoginProfile>({});
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made.Text("PasswordResetRequired"), "false");
  EXPECT_THAT(made.body, Not(HasSubstr("UserName")));
  EXPECT_EQ(root.Call<GetLoginProfile>({}).Text("CreateDate"), made.Text("CreateDate"));
  EXPECT_THAT(root.Call<CreateLoginProfile>({}),
              FailsSaying(ErrorCode::kEntityAlreadyExists, "Login Profile for account 444455556666 already exists."));
  const Client remover = Root(kDelete);
  EXPECT_THAT(remover.Call<DeleteLoginProfile>({}), Succeeds());
  EXPECT_THAT(root.Call<GetLoginProfile>({}), Fails(ErrorCode::kNoSuchEntity));
}

TEST_F(AssumeRootTest, TakesTheRootUsersKeysAway) {
  const Client root = Root(kDelete);
  const Credentials member{
      .access_key_id = kRootKey, .secret_access_key = crypto::Secret("member"), .session_token = {}};
  EXPECT_THAT(service.As(member).Call<GetCallerIdentity>({}), Succeeds());
  EXPECT_THAT(root.Call<DeleteAccessKey>({.access_key_id = kRootKey}), Succeeds());
  EXPECT_THAT(service.As(member).Call<GetCallerIdentity>({}), Fails(ErrorCode::kInvalidClientTokenId));
  EXPECT_THAT(root.Call<GetCallerIdentity>({}), Succeeds());
}

TEST_F(AssumeRootTest, IsBoundByServiceControlPoliciesThatCanTellIt) {
  const std::string keeps_root_out =
      "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','Action':'*','Resource':'*','Condition':"
      "{'ArnLike':{'aws:PrincipalArn':'arn:aws:iam::*:root'},'Null':{'aws:AssumedRoot':'true'}}}]}";
  const Client root = Root(kAudit);
  const Credentials member{
      .access_key_id = kRootKey, .secret_access_key = crypto::Secret("member"), .session_token = {}};
  Attach("p-noroot", keeps_root_out);
  EXPECT_THAT(service.As(member).Call<GetUser>({}), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(root.Call<GetUser>({}), Succeeds());
  Attach("p-none", Service::Statement("Deny", "iam:*"));
  EXPECT_THAT(root.Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::444455556666:root is not authorized to perform: iam:GetUser on resource: "
                          "arn:aws:iam::444455556666:root with an explicit deny in a service control policy: "
                          "arn:aws:organizations::111122223333:policy/" +
                              organization.id + "/service_control_policy/p-none"));
}

TEST_F(AssumeRootTest, EndsInTime) {
  const Client root = Root(kAudit);
  service.clock.now += std::chrono::seconds(899);
  EXPECT_THAT(root.Call<GetUser>({}), Succeeds());
  service.clock.now += std::chrono::seconds(1);
  EXPECT_THAT(root.Call<GetUser>({}), Fails(ErrorCode::kExpiredToken));
}

TEST_F(AssumeRootTest, EndsWithTheRevocationOfWhoeverAskedForIt) {
  const Client root = Root(kAudit);
  EXPECT_THAT(root.Call<GetUser>({}), Succeeds());
  service.Change([&](directory::Directory& directory) -> Result<> {
    return directory::Revocations(directory.context)
        .Revoke(directory::RevocationKind::kUser, TRY(directory.users.Get("bob")).id, service.clock.now);
  });
  EXPECT_THAT(root.Call<GetUser>({}), Fails(ErrorCode::kInvalidClientTokenId));
}

// Such a token could only be minted by a server of another catalogue.
TEST_F(AssumeRootTest, MayNothingWhenItsTaskIsNotKnown) {
  const Client root = service.As(service.Session({.account = kOtherAccount,
                                                  .type = PrincipalType::kRoot,
                                                  .principal_id = kOtherAccount.ToString(),
                                                  .issued = service.clock.now,
                                                  .expires = service.clock.now + std::chrono::minutes(15),
                                                  .managed_policies = {"ANPAUNKNOWN"},
                                                  .assumed_root = true}));
  EXPECT_THAT(root.Call<GetUser>({}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::444455556666:root is not authorized to perform: iam:GetUser on resource: "
                          "arn:aws:iam::444455556666:root because no session policy allows the iam:GetUser action"));
}

}  // namespace
}  // namespace claviger::service::testing

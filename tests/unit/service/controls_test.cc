// What the organization of an account takes away from those who act in it, or gives to conditions.
#include "service/controls.h"

#include "directory/organization_setup.h"
#include "gen/organizations/operations.h"
#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using directory::ControlPolicyType;
using gen::organizations::api::DescribeAccount;
using gen::organizations::api::DescribePolicy;
using gen::organizations::api::ListRoots;
using gen::sts::api::GetCallerIdentity;
using gen::sts::api::GetSessionToken;

const AccountId kManagement = *AccountId::Parse("444455556666");

constexpr char kBob[] =
    "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:GetUser on resource: "
    "user bob";

// kAccount is a member, in the unit "prod" of an organization of kManagement.
class ControlsTest : public ::testing::Test {
 protected:
  ControlsTest() : bob(service.AddUser("bob")) {
    service.Allow("bob", "*");
    service.Change([&](directory::Directory& directory) -> Result<> {
      const directory::Context management = InAccount(directory.context, kManagement);
      TRY(directory::InsertAccount(directory.context.transaction, {.id = kManagement, .created = service.clock.now}));
      organization = TRY(directory::CreateOrganization(
          management, directory::FeatureSet::kAll,
          {.id = kManagement.ToString(), .name = "m", .email = "m@example.com", .parent = {}, .joined = {}}, {}));
      directory::OrganizationDirectory parts(directory.context, kManagement);
      unit = "ou-" + organization.root_id.substr(2) + "-00000001";
      parts.units.Put({.id = unit, .name = "prod", .parent = organization.root_id, .tags = {}});
      parts.AddChild(organization.root_id, unit);
      return directory::AddMember(
          parts, organization,
          {.id = kAccount.ToString(), .name = "dev", .email = "dev@example.com", .parent = unit, .joined = {}});
    });
  }

  void Change(const std::function<Result<>(directory::OrganizationDirectory&)>& change) {
    service.Change([&](directory::Directory& directory) {
      directory::OrganizationDirectory parts(directory.context, kManagement);
      return change(parts);
    });
  }
  void Enable(ControlPolicyType type) {
    organization.enabled_types.push_back(type);
    Change([&](directory::OrganizationDirectory& parts) -> Result<> {
      parts.Put(organization);
      for (const std::string& target : {organization.root_id, unit, kAccount.ToString(), kManagement.ToString()}) {
        directory::ControlAttachments(parts).Attach(directory::DefaultControlPolicy(type).id, target);
      }
      return {};
    });
  }
  // The document's quotation marks may be single ones.
  void Attach(const std::string& id, std::string content, const std::string& target,
              ControlPolicyType type = ControlPolicyType::kServiceControl) {
    std::ranges::replace(content, '\'', '"');
    Change([&](directory::OrganizationDirectory& parts) -> Result<> {
      parts.policies.Put({.id = id, .type = type, .name = id, .description = {}, .content = content, .tags = {}});
      directory::ControlAttachments(parts).Attach(id, target);
      return {};
    });
  }
  void Detach(const std::string& id, const std::string& target) {
    Change([&](directory::OrganizationDirectory& parts) -> Result<> {
      directory::ControlAttachments(parts).Detach(id, target);
      return {};
    });
  }
  Answer Ask() { return service.As(bob).Call<GetUser>({.user_name = "bob"}); }
  std::string PolicyArn(const std::string& id) {
    return "arn:aws:organizations::444455556666:policy/" + organization.id + "/service_control_policy/" + id;
  }

  Service service;
  Credentials bob;
  directory::Organization organization;
  std::string unit;
};

TEST_F(ControlsTest, NarrowNothingUntilTheirTypeIsEnabled) {
  Attach("p-deny", Service::Statement("Deny", "iam:*"), unit);
  EXPECT_THAT(Ask(), Succeeds());
  Enable(ControlPolicyType::kServiceControl);
  EXPECT_THAT(Ask(), FailsSaying(ErrorCode::kAccessDenied,
                                 std::string(kBob) +
                                     " with an explicit deny in a service control policy: " + PolicyArn("p-deny")));
}

TEST_F(ControlsTest, CountFromTheVeryNextRequestOn) {
  Enable(ControlPolicyType::kServiceControl);
  EXPECT_THAT(Ask(), Succeeds());
  for (const std::string& target : {organization.root_id, unit, kAccount.ToString()}) {
    Attach("p-deny", Service::Statement("Deny", "iam:GetUser"), target);
    EXPECT_THAT(Ask(), Fails(ErrorCode::kAccessDenied)) << target;
    Detach("p-deny", target);
    EXPECT_THAT(Ask(), Succeeds()) << target;
  }
}

TEST_F(ControlsTest, MustAllowOnEveryLevel) {
  Enable(ControlPolicyType::kServiceControl);
  Attach("p-some", Service::Statement("Allow", "iam:Get*"), unit);
  Detach("p-FullAWSAccess", unit);
  EXPECT_THAT(Ask(), Succeeds());
  EXPECT_THAT(service.As(bob).Call<ListUsers>({}),
              FailsSaying(ErrorCode::kAccessDenied,
                          "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:ListUsers on "
                          "resource: arn:aws:iam::111122223333:user/ because no service control policy allows the "
                          "iam:ListUsers action"));
}

TEST_F(ControlsTest, BindTheRootUserOfAMember) {
  Enable(ControlPolicyType::kServiceControl);
  EXPECT_THAT(service.As(service.root).Call<ListUsers>({}), Succeeds());
  Attach("p-deny", Service::Statement("Deny", "iam:ListUsers"), unit);
  EXPECT_THAT(service.As(service.root).Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(service.As(service.root).Call<GetUser>({.user_name = "bob"}), Succeeds());
  // Everybody may ask who they are.
  Attach("p-all", Service::Statement("Deny", "*"), unit);
  EXPECT_THAT(service.As(service.root).Call<GetCallerIdentity>({}), Succeeds());
}

TEST_F(ControlsTest, DoNotBindTheManagementAccount) {
  Enable(ControlPolicyType::kServiceControl);
  Attach("p-all", Service::Statement("Deny", "*"), organization.root_id);
  const Credentials root{
      .access_key_id = "AKIAMANAGEMENT000000", .secret_access_key = crypto::Secret("management"), .session_token = {}};
  service.Change([&](directory::Directory& directory) {
    return directory::Directory(InAccount(directory.context, kManagement))
        .access_keys.Insert({.id = root.access_key_id,
                             .owner = std::string(directory::kRootOwner),
                             .created = service.clock.now,
                             .secret = root.secret_access_key});
  });
  EXPECT_THAT(service.As(root).Call<ListUsers>({}), Succeeds());
  EXPECT_THAT(Ask(), Fails(ErrorCode::kAccessDenied));
}

TEST_F(ControlsTest, ReadConditionKeys) {
  Enable(ControlPolicyType::kServiceControl);
  Attach("p-where",
         "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','Action':'iam:GetUser','Resource':'*',"
         "'Condition':{'IpAddress':{'aws:SourceIp':'198.51.100.0/24'}}}]}",
         unit);
  EXPECT_THAT(Ask(), Succeeds());
  EXPECT_THAT(service.As(bob).From("198.51.100.7").Call<GetUser>({.user_name = "bob"}),
              Fails(ErrorCode::kAccessDenied));
}

TEST_F(ControlsTest, DenyEverythingWhenTheyCannotBeRead) {
  Enable(ControlPolicyType::kServiceControl);
  Attach("p-broken", "{", unit);
  EXPECT_THAT(Ask(), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(service.As(service.root).Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
  Detach("p-broken", unit);
  EXPECT_THAT(Ask(), Succeeds());
}

TEST_F(ControlsTest, OfResourcesAreAboutStsAlone) {
  Enable(ControlPolicyType::kResourceControl);
  const std::string everybody =
      "{'Version':'2012-10-17','Statement':[{'Effect':'Deny','Principal':'*','Action':'sts:*','Resource':'*'}]}";
  Attach("p-sts", everybody, unit, ControlPolicyType::kResourceControl);
  EXPECT_THAT(Ask(), Succeeds());
  EXPECT_THAT(service.As(bob).Call<gen::sts::api::GetAccessKeyInfo>({.access_key_id = bob.access_key_id}),
              Fails(ErrorCode::kAccessDenied));
}

TEST_F(ControlsTest, TellConditionsWhereTheCallerStands) {
  service.RemovePolicy("bob", "allow1");
  const auto allow_if = [&](const std::string& condition) { service.Allow("bob", "iam:GetUser", "*", condition); };
  allow_if("{'StringEquals':{'aws:PrincipalOrgID':'o-0000000000'}}");
  EXPECT_THAT(Ask(), Fails(ErrorCode::kAccessDenied));
  const std::string path = organization.id + "/" + organization.root_id + "/" + unit + "/";
  allow_if("{'StringEquals':{'aws:PrincipalOrgID':'" + organization.id + "','aws:ResourceOrgID':'" + organization.id +
           "'},'ForAnyValue:StringLike':{'aws:PrincipalOrgPaths':'" + path + "*','aws:ResourceOrgPaths':'" + path +
           "'}}");
  EXPECT_THAT(Ask(), Succeeds());
}

TEST_F(ControlsTest, RefuseWhoeverActsInAClosedAccount) {
  service.Change([&](directory::Directory& directory) -> Result<> {
    directory::Close(directory.context.transaction, kAccount, service.clock.now);
    return {};
  });
  EXPECT_THAT(Ask(), Fails(ErrorCode::kInvalidClientTokenId));
  EXPECT_THAT(service.As(service.root).Call<GetCallerIdentity>({}), Fails(ErrorCode::kInvalidClientTokenId));
}

// ---- Resources of an organization

TEST_F(ControlsTest, FindTheArnsOfAnOrganization) {
  service.RemovePolicy("bob", "allow1");
  const std::string user = "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: ";
  const auto denied = [&](const std::string& action, const std::string& arn) {
    return FailsInJsonSaying(
        ErrorCode::kAccessDeniedException,
        user + action + " on resource: " + arn + " because no identity-based policy allows the " + action + " action");
  };
  const Client client = service.As(bob);
  EXPECT_THAT(client.Call<DescribeAccount>({.account_id = "111122223333"}),
              denied("organizations:DescribeAccount",
                     "arn:aws:organizations::444455556666:account/" + organization.id + "/111122223333"));
  Attach("p-12345678", Service::Statement("Deny", "iam:*"), unit);
  EXPECT_THAT(client.Call<DescribePolicy>({.policy_id = "p-12345678"}),
              denied("organizations:DescribePolicy", PolicyArn("p-12345678")));
  EXPECT_THAT(client.Call<DescribePolicy>({.policy_id = "p-FullAWSAccess"}),
              denied("organizations:DescribePolicy",
                     "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"));
  EXPECT_THAT(client.Call<gen::organizations::api::DescribeOrganizationalUnit>({.organizational_unit_id = unit}),
              denied("organizations:DescribeOrganizationalUnit",
                     "arn:aws:organizations::444455556666:ou/" + organization.id + "/" + unit));
  EXPECT_THAT(client.Call<ListRoots>({}), denied("organizations:ListRoots", "*"));
}

TEST_F(ControlsTest, KnowTheTypeOfAPolicy) {
  service.RemovePolicy("bob", "allow1");
  Attach("p-12345678", Service::Statement("Deny", "iam:*"), unit);
  service.Allow("bob", "organizations:DescribePolicy", "*",
                "{'StringEquals':{'organizations:PolicyType':'RESOURCE_CONTROL_POLICY'}}");
  EXPECT_THAT(service.As(bob).Call<DescribePolicy>({.policy_id = "p-12345678"}),
              FailsInJson(ErrorCode::kAccessDeniedException));
  EXPECT_EQ(service.As(bob).Call<DescribePolicy>({.policy_id = "p-RCPFullAWSAccess"}).status, 501);
}

}  // namespace
}  // namespace claviger::service

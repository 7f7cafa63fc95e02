#include "service/resource.h"

#include "aws/arn.h"
#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using namespace gen::sts::api;  // NOLINT(google-build-using-namespace)

// The account's part of every ARN here.
std::string Iam(const std::string& resource) { return "arn:aws:iam::111122223333:" + resource; }

struct Found {
  std::string arn;
  std::string message;
  Resource resource;
};

class ResourceTest : public ::testing::Test {
 protected:
  ResourceTest() {
    service.AddUser("Bob", "/ops/", {{.key = "team", .value = "blue"}});
    caller.caller = {.type = PrincipalType::kUser,
                     .account = kAccount,
                     .arn = Iam("user/ops/Bob"),
                     .user_id = service.IdOf("Bob"),
                     .unique_id = service.IdOf("Bob"),
                     .user_name = "Bob"};
    service.Change([](directory::Directory& directory) -> Result<> {
      TRY(directory.roles.Insert({.id = "AROAEXAMPLEEXAMPLE123", .path = "/svc/", .name = "Reader"}));
      return directory.groups.Insert({.id = "AGPAEXAMPLEEXAMPLE123", .path = "/teams/", .name = "Devs"});
    });
  }

  // Of the operation's own action, or of one that it needs besides.
  template <class Operation>
  Found Find(const typename Operation::Request& request, int also = -1) {
    const ActionInfo& own = *Operation::Info().action;
    Found found;
    service.Change([&](directory::Directory& directory) -> Result<> {
      const Directories directories{.keys = directory.context.keys,
                                    .quotas = directory.context.quotas,
                                    .catalogue = directory.context.catalogue,
                                    .random = directory.context.random};
      const auto ask = [&](const ActionInfo& action, const Resource* operation_resource) -> Result<> {
        const ResourceQuestion question{.action = action,
                                        .caller = caller,
                                        .request = &request,
                                        .directories = directories,
                                        .transaction = directory.context.transaction,
                                        .operation_resource = operation_resource};
        found.resource = TRY(ResolveResource(question));
        found.arn = found.resource.arn;
        found.message = ResourceMessage(question, found.resource);
        return {};
      };
      TRY(ask(own, nullptr));
      if (also < 0) return {};
      const Resource operation_resource = found.resource;
      return ask(own.also[static_cast<std::size_t>(also)], &operation_resource);
    });
    return found;
  }

  Service service;
  Identity caller;
};

TEST_F(ResourceTest, ByAllIsAStar) {
  const Found found = Find<GetAccountSummary>({});
  EXPECT_EQ(found.arn, "*");
  EXPECT_EQ(found.message, "*");
  EXPECT_EQ(Find<GetAccessKeyInfo>({.access_key_id = "AKIAAAAAAAAAAAAAAAAA"}).message, "");
}

TEST_F(ResourceTest, ByNameHasTheRealPathAndSpelling) {
  const Found found = Find<GetUser>({.user_name = "bob"});
  EXPECT_EQ(found.arn, Iam("user/ops/Bob"));
  EXPECT_EQ(found.message, "user bob");
  EXPECT_EQ(found.resource.entity.tags.front().value, "blue");
  EXPECT_EQ(Find<GetRole>({.role_name = "reader"}).arn, Iam("role/svc/Reader"));
  EXPECT_EQ(Find<GetGroup>({.group_name = "devs"}).arn, Iam("group/teams/Devs"));
}

TEST_F(ResourceTest, ByNameOfNobodyHasNoPath) {
  const Found found = Find<GetUser>({.user_name = "nobody"});
  EXPECT_EQ(found.arn, Iam("user/nobody"));
  EXPECT_EQ(found.message, "user nobody");
  EXPECT_FALSE(found.resource.exists);
}

TEST_F(ResourceTest, AnAbsentNameIsTheCallingUsers) {
  const Found found = Find<GetUser>({});
  EXPECT_EQ(found.arn, Iam("user/ops/Bob"));
  EXPECT_EQ(found.message, "user Bob");
  EXPECT_TRUE(found.resource.exists);
}

TEST_F(ResourceTest, AnAbsentNameIsOfRootItsArn) {
  caller.caller = {.type = PrincipalType::kRoot, .account = kAccount, .arn = Iam("root")};
  const Found found = Find<GetUser>({});
  EXPECT_EQ(found.arn, Iam("root"));
  EXPECT_EQ(found.message, Iam("root"));
}

TEST_F(ResourceTest, AnAbsentNameIsOfARoleSessionTheSessions) {
  caller.caller = {.type = PrincipalType::kAssumedRole,
                   .account = kAccount,
                   .arn = "arn:aws:sts::111122223333:assumed-role/Reader/dana",
                   .user_id = "AROAEXAMPLEEXAMPLE123:dana"};
  const Found found = Find<GetUser>({});
  EXPECT_EQ(found.arn, Iam("user/dana"));
  EXPECT_EQ(found.message, "user dana");
}

TEST_F(ResourceTest, AnAbsentNameMayBeAStar) {
  const Found found = Find<ListMFADevices>({});
  EXPECT_EQ(found.arn, "*");
  EXPECT_EQ(found.message, "*");
  EXPECT_EQ(Find<ListMFADevices>({.user_name = "Bob"}).message, "user Bob");
  caller.caller = {.type = PrincipalType::kRoot, .account = kAccount, .arn = Iam("root")};
  EXPECT_EQ(Find<ListMFADevices>({}).arn, Iam("root"));
}

TEST_F(ResourceTest, ByArnIsTheMemberItself) {
  const Found found = Find<GetPolicy>({.policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"});
  EXPECT_EQ(found.arn, "arn:aws:iam::aws:policy/ReadOnlyAccess");
  EXPECT_EQ(found.message, "policy arn:aws:iam::aws:policy/ReadOnlyAccess");
  EXPECT_EQ(found.resource.foreign_account, "");
}

TEST_F(ResourceTest, ByArnKnowsTheEntityOfExactlyThatArn) {
  EXPECT_TRUE(Find<SimulatePrincipalPolicy>({.policy_source_arn = Iam("user/ops/Bob")}).resource.exists);
  EXPECT_TRUE(Find<SimulatePrincipalPolicy>({.policy_source_arn = Iam("group/teams/Devs")}).resource.exists);
  EXPECT_FALSE(Find<SimulatePrincipalPolicy>({.policy_source_arn = Iam("user/Bob")}).resource.exists);
  EXPECT_FALSE(Find<SimulatePrincipalPolicy>({.policy_source_arn = Iam("user/ops/bob")}).resource.exists);
}

TEST_F(ResourceTest, ByArnMayBeOfAnotherAccount) {
  const std::string arn = "arn:aws:iam::444455556666:role/svc/Reader";
  const Found found = Find<AssumeRole>({.role_arn = arn, .role_session_name = "s1"});
  EXPECT_EQ(found.message, arn);
  EXPECT_EQ(found.resource.foreign_account, "444455556666");
  EXPECT_FALSE(found.resource.exists);
}

TEST_F(ResourceTest, ByIdFillsTheTemplate) {
  EXPECT_EQ(Find<GetFederationToken>({.name = "fred"}).arn, "arn:aws:sts::111122223333:federated-user/fred");
  EXPECT_EQ(Find<GetDelegationRequest>({.delegation_request_id = "dr-1"}).arn, Iam("delegation-request/dr-1"));
}

TEST_F(ResourceTest, ByNewIsTheFutureArn) {
  const Found found = Find<CreateUser>({.path = "/new/", .user_name = "dan"});
  EXPECT_EQ(found.arn, Iam("user/new/dan"));
  EXPECT_EQ(found.message, Iam("user/new/dan"));
  EXPECT_EQ(Find<CreateGroup>({.group_name = "g"}).arn, Iam("group/g"));
  EXPECT_EQ(Find<CreatePolicy>({.policy_name = "p", .path = "/a/", .policy_document = "{}"}).message, "policy p");
  EXPECT_EQ(Find<CreatePolicy>({.policy_name = "p", .path = "/a/", .policy_document = "{}"}).arn, Iam("policy/a/p"));
}

TEST_F(ResourceTest, ByRenamedKeepsWhatIsNotGiven) {
  const Found moved = Find<UpdateUser>({.user_name = "bob", .new_path = "/x/"}, 0);
  EXPECT_EQ(moved.arn, Iam("user/x/Bob"));
  EXPECT_EQ(moved.message, "user Bob");
  const Found renamed = Find<UpdateUser>({.user_name = "bob", .new_user_name = "Rob"}, 0);
  EXPECT_EQ(renamed.arn, Iam("user/ops/Rob"));
  EXPECT_EQ(renamed.message, "user Rob");
  EXPECT_EQ(renamed.resource.entity.tags.size(), 1U);
}

TEST_F(ResourceTest, ByPrefixEndsWithIt) {
  EXPECT_EQ(Find<ListUsers>({}).message, Iam("user/"));
  EXPECT_EQ(Find<ListUsers>({.path_prefix = "/division/"}).arn, Iam("user/division/"));
  EXPECT_EQ(Find<ListPolicies>({}).message, "policy path /");
  EXPECT_EQ(Find<ListPolicies>({.path_prefix = "/a/"}).message, "policy path /a/");
  EXPECT_EQ(Find<ListVirtualMFADevices>({}).arn, Iam("mfa/"));
}

TEST_F(ResourceTest, ByAnyIsAStarBehindTheType) {
  EXPECT_EQ(Find<ListOpenIDConnectProviders>({}).arn, Iam("oidc-provider/*"));
  EXPECT_EQ(Find<ListSAMLProviders>({}).message, Iam("saml-provider/*"));
}

TEST_F(ResourceTest, ByUrlLeavesTheSchemeOut) {
  EXPECT_EQ(Find<CreateOpenIDConnectProvider>({.url = "https://id.example.test/a"}).arn,
            Iam("oidc-provider/id.example.test/a"));
}

TEST_F(ResourceTest, ByOwnerIsTheUserOfTheKey) {
  const Credentials eve = service.AddUser("Eve", "/x/");
  const Found found = Find<GetAccessKeyLastUsed>({.access_key_id = eve.access_key_id});
  EXPECT_EQ(found.arn, Iam("user/x/Eve"));
  EXPECT_EQ(found.message, "access key " + eve.access_key_id);
  EXPECT_EQ(Find<GetAccessKeyLastUsed>({.access_key_id = service.root.access_key_id}).arn, Iam("root"));
}

TEST_F(ResourceTest, ByCallerIsTheCaller) {
  const Found found = Find<ChangePassword>({.old_password = "a", .new_password = "b"});
  EXPECT_EQ(found.arn, Iam("user/ops/Bob"));
  EXPECT_EQ(found.message, "user Bob");
}

TEST_F(ResourceTest, ByServiceLinkedHasTheServicesPath) {
  EXPECT_EQ(Find<CreateServiceLinkedRole>({.aws_service_name = "batch.amazonaws.com"}).arn,
            Iam("role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"));
  EXPECT_EQ(Find<CreateServiceLinkedRole>({.aws_service_name = "lexv2.amazonaws.com", .custom_suffix = "x"}).arn,
            Iam("role/aws-service-role/lexv2.amazonaws.com/AWSServiceRoleForLexV2Bots_x"));
  // Of a service that has none only what all of them begin with.
  EXPECT_EQ(Find<CreateServiceLinkedRole>({.aws_service_name = "none.amazonaws.com"}).arn,
            Iam("role/aws-service-role/none.amazonaws.com/AWSServiceRoleFor"));
}

TEST_F(ResourceTest, ByTaskIsTheRoleOfTheTask) {
  const std::string role = "aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch";
  EXPECT_EQ(Find<GetServiceLinkedRoleDeletionStatus>({.deletion_task_id = "task/" + role + "/8a9b"}).arn,
            Iam("role/" + role));
  EXPECT_EQ(Find<GetServiceLinkedRoleDeletionStatus>({.deletion_task_id = "8a9b"}).arn, Iam("role/8a9b"));
}

TEST_F(ResourceTest, ByAccountIsItsRoot) {
  const Found found = Find<AssumeRoot>({.target_principal = "444455556666", .task_policy_arn = {}});
  EXPECT_EQ(found.arn, "arn:aws:iam::444455556666:root");
  EXPECT_EQ(found.resource.foreign_account, "444455556666");
  EXPECT_EQ(Find<AssumeRoot>({.target_principal = Iam("root"), .task_policy_arn = {}}).resource.foreign_account, "");
}

TEST_F(ResourceTest, APassedRoleIsAResourceOfItsOwn) {
  const Found found = Find<AddRoleToInstanceProfile>({.instance_profile_name = "box", .role_name = "Reader"}, 0);
  EXPECT_EQ(found.arn, Iam("role/svc/Reader"));
  EXPECT_EQ(found.message, Iam("role/svc/Reader"));
}

TEST_F(ResourceTest, ByArnOfAProviderHasAllBehindTheType) {
  service.Change([](directory::Directory& directory) -> Result<> {
    const std::vector<Tag> tags = {{.key = "team", .value = "red"}};
    TRY(directory.oidc_providers.Insert({.id = "1", .name = "idp.example.com/Tenant/1", .tags = tags}));
    TRY(directory.saml_providers.Insert({.id = "2", .name = "Idp", .tags = tags}, "metadata"));
    return directory.server_certificates.Insert({.id = "3", .path = "/x/", .name = "Web", .tags = tags},
                                                {.body = "b", .chain = "", .private_key = crypto::Secret("k")});
  });
  const Found oidc =
      Find<GetOpenIDConnectProvider>({.open_id_connect_provider_arn = Iam("oidc-provider/idp.example.com/Tenant/1")});
  EXPECT_TRUE(oidc.resource.exists);
  EXPECT_EQ(oidc.resource.entity.tags.front().value, "red");
  EXPECT_FALSE(
      Find<GetOpenIDConnectProvider>({.open_id_connect_provider_arn = Iam("oidc-provider/idp.example.com/tenant/1")})
          .resource.exists);
  EXPECT_EQ(Find<GetSAMLProvider>({.saml_provider_arn = Iam("saml-provider/Idp")}).resource.entity.tags.front().value,
            "red");
  const Found web = Find<GetServerCertificate>({.server_certificate_name = "web"});
  EXPECT_EQ(web.arn, Iam("server-certificate/x/Web"));
  EXPECT_EQ(web.resource.entity.tags.front().value, "red");
}

TEST_F(ResourceTest, ByUrlIsTheProviderThatTheOperationMakes) {
  EXPECT_EQ(Find<CreateOpenIDConnectProvider>({.url = "https://idp.example.com:443/a"}).arn,
            Iam("oidc-provider/idp.example.com/a"));
}

TEST_F(ResourceTest, KnowsTheServiceOfACredential) {
  service.Change([&](directory::Directory& directory) -> Result<> {
    return directory.service_credentials.Create({.id = "ACCAEXAMPLEEXAMPLE123",
                                                 .owner = service.IdOf("Bob"),
                                                 .service = "bedrock.amazonaws.com",
                                                 .login = "Bob-at-111122223333",
                                                 .secret_digest = "d"});
  });
  EXPECT_EQ(Find<DeleteServiceSpecificCredential>({.service_specific_credential_id = "ACCAEXAMPLEEXAMPLE123"})
                .resource.credential_service,
            "bedrock.amazonaws.com");
  EXPECT_EQ(Find<DeleteServiceSpecificCredential>({.service_specific_credential_id = "ACCANONENONENONENONE1"})
                .resource.credential_service,
            "");
}

}  // namespace
}  // namespace claviger::service

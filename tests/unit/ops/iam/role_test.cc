#include "ops/iam/role.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "ops/iam/attached_policy.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;

std::string Trusting(std::string_view principal) {
  return R"({"Version": "2012-10-17",  "Statement": {"Effect": "Allow", "Principal": {"AWS": ")" +
         std::string(principal) + R"("}, "Action": "sts:AssumeRole"}})";
}

class RoleTest : public testing::Test {
 protected:
  Result<CreateRoleResponse> Create(const std::string& name, const std::string& trust = kTrustEc2) {
    return service.Call<api::CreateRole>({.role_name = name, .assume_role_policy_document = trust});
  }
  std::string TrustOf(const std::string& name) {
    const auto response = service.Call<api::GetRole>({.role_name = name});
    EXPECT_THAT(response, Succeeds());
    return PercentDecode(response->role.assume_role_policy_document.value()).value();
  }

  Service service{RegisterRoleOperations, RegisterUserOperations, RegisterAttachedPolicyOperations,
                  RegisterInlinePolicyOperations};
};

using CreateRole = RoleTest;
using GetRole = RoleTest;
using ListRoles = RoleTest;
using UpdateRole = RoleTest;
using TrustPolicy = RoleTest;
using DeleteRole = RoleTest;

TEST_F(CreateRole, AnswersNeitherDescriptionNorDuration) {
  const auto response = service.Call<api::CreateRole>({.path = "/svc/",
                                                       .role_name = "Reader",
                                                       .assume_role_policy_document = kTrustEc2,
                                                       .description = "reads",
                                                       .max_session_duration = 7200});
  ASSERT_THAT(response, Succeeds());
  const Role& role = response->role;
  EXPECT_EQ(role.arn, "arn:aws:iam::123456789012:role/svc/Reader");
  EXPECT_TRUE(role.role_id.starts_with("AROA"));
  EXPECT_EQ(role.assume_role_policy_document, PercentEncode(kTrustEc2));
  EXPECT_FALSE(role.description || role.max_session_duration || role.tags || role.permissions_boundary ||
               role.role_last_used);
}

TEST_F(CreateRole, EchoesTagsAndBoundaryWhenGiven) {
  const std::string boundary = "arn:aws:iam::aws:policy/PowerUserAccess";
  const auto response = service.Call<api::CreateRole>({.role_name = "r",
                                                       .assume_role_policy_document = kTrustEc2,
                                                       .permissions_boundary = boundary,
                                                       .tags = {{{.key = "k", .value = "v"}}}});
  ASSERT_THAT(response, Succeeds());
  EXPECT_THAT(*response->role.tags, ElementsAre(Tag{.key = "k", .value = "v"}));
  EXPECT_EQ(response->role.permissions_boundary->permissions_boundary_type, "Policy");
  EXPECT_EQ(response->role.permissions_boundary->permissions_boundary_arn, boundary);
}

TEST_F(CreateRole, RefusesWhatCannotBe) {
  ASSERT_THAT(Create("Taken"), Succeeds());
  EXPECT_THAT(Create("tAKEN"), FailsWith(ErrorCode::kEntityAlreadyExists, "Role with name tAKEN already exists."));
  EXPECT_THAT(Create("r", "{"), FailsWith(ErrorCode::kMalformedPolicyDocument, "This policy contains invalid Json"));
  EXPECT_THAT(Create("r", kAllowAll), FailsWith(ErrorCode::kMalformedPolicyDocument, "Has prohibited field Resource"));
  EXPECT_THAT(Create("r", Trusting("arn:aws:iam::123456789012:user/nobody")),
              FailsWith(ErrorCode::kMalformedPolicyDocument,
                        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:user/nobody\""));
  EXPECT_THAT(
      service.Call<api::CreateRole>(
          {.role_name = "r", .assume_role_policy_document = kTrustEc2, .permissions_boundary = PolicyArn("none")}),
      FailsWith(ErrorCode::kNoSuchEntity,
                "Scope ARN: arn:aws:iam::123456789012:policy/none does not exist or is not attachable."));
  service.world.quotas.roles_per_account = 1;
  EXPECT_THAT(Create("second"), FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for RolesPerAccount: 1"));
  service.world.quotas.trust_policy_characters = 100;
  EXPECT_THAT(Create("second"), FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for ACLSizePerRole: 100"));
}

TEST_F(GetRole, ShowsEverything) {
  ASSERT_THAT(service.Call<api::CreateRole>(
                  {.role_name = "Reader", .assume_role_policy_document = kTrustEc2, .description = "reads"}),
              Succeeds());
  const auto response = service.Call<api::GetRole>({.role_name = "READER"});
  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->role.role_name, "Reader");
  EXPECT_EQ(response->role.description, "reads");
  EXPECT_EQ(response->role.max_session_duration, 3600);
  EXPECT_EQ(response->role.role_last_used, RoleLastUsed{});
  EXPECT_FALSE(response->role.tags);
  EXPECT_THAT(service.Call<api::GetRole>({.role_name = "nope"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name nope cannot be found."));
}

TEST_F(GetRole, ShowsTheLastUseForFourHundredDays) {
  const auto created = Create("r");
  {
    directory::Attempt attempt(service.world);
    ASSERT_THAT(attempt.directory.roles.RecordUse(created->role.role_id, {.time = kNow, .region = "us-east-1"}),
                Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  const auto last_used = [&] { return service.Call<api::GetRole>({.role_name = "r"})->role.role_last_used; };
  EXPECT_EQ(last_used(), (RoleLastUsed{.last_used_date = kNow, .region = "us-east-1"}));
  service.now = kNow + std::chrono::days(401);
  EXPECT_EQ(last_used(), RoleLastUsed{});
}

TEST_F(ListRoles, ShowsDescriptionAndDurationInPages) {
  for (const char* name : {"b", "A", "c"}) {
    ASSERT_THAT(service.Call<api::CreateRole>({.path = "/x/",
                                               .role_name = name,
                                               .assume_role_policy_document = kTrustEc2,
                                               .description = "d",
                                               .tags = {{{.key = "k", .value = "v"}}}}),
                Succeeds());
  }
  const auto first = service.Call<api::ListRoles>({.path_prefix = "/x", .marker = {}, .max_items = 2});
  ASSERT_THAT(first, Succeeds());
  ASSERT_EQ(first->roles.size(), 2U);
  EXPECT_EQ(first->roles[0].role_name, "A");
  EXPECT_EQ(first->roles[0].description, "d");
  EXPECT_EQ(first->roles[0].max_session_duration, 3600);
  EXPECT_FALSE(first->roles[0].tags || first->roles[0].role_last_used);
  const auto second = service.Call<api::ListRoles>({.path_prefix = "/x", .marker = first->marker});
  ASSERT_EQ(second->roles.size(), 1U);
  EXPECT_EQ(second->roles[0].role_name, "c");
  EXPECT_TRUE(service.Call<api::ListRoles>({.path_prefix = "/y/"})->roles.empty());
}

TEST_F(UpdateRole, KeepsWhatIsNotGiven) {
  ASSERT_THAT(Create("r"), Succeeds());
  ASSERT_THAT(service.Call<api::UpdateRole>({.role_name = "r", .description = "d"}), Succeeds());
  ASSERT_THAT(service.Call<api::UpdateRole>({.role_name = "r", .description = {}, .max_session_duration = 43200}),
              Succeeds());
  auto role = service.Call<api::GetRole>({.role_name = "r"})->role;
  EXPECT_EQ(role.description, "d");
  EXPECT_EQ(role.max_session_duration, 43200);
  const auto described = service.Call<api::UpdateRoleDescription>({.role_name = "r", .description = "e"});
  ASSERT_THAT(described, Succeeds());
  EXPECT_EQ(described->role->description, "e");
  EXPECT_FALSE(described->role->max_session_duration);
  ASSERT_THAT(service.Call<api::UpdateRole>({.role_name = "r", .description = ""}), Succeeds());
  EXPECT_FALSE(service.Call<api::GetRole>({.role_name = "r"})->role.description);
  const auto missing = FailsWith(ErrorCode::kNoSuchEntity, "The role with name nope cannot be found.");
  EXPECT_THAT(service.Call<api::UpdateRole>({.role_name = "nope"}), missing);
  EXPECT_THAT(service.Call<api::UpdateRoleDescription>({.role_name = "nope"}), missing);
  EXPECT_THAT(service.Call<api::UpdateAssumeRolePolicy>({.role_name = "nope", .policy_document = kTrustEc2}), missing);
}

TEST_F(TrustPolicy, FollowsARenamedUserAndOutlivesADeletedOne) {
  const std::string arn = "arn:aws:iam::123456789012:user/eve";
  const auto eve = service.Call<api::CreateUser>({.user_name = "eve"});
  ASSERT_THAT(Create("r", Trusting(arn)), Succeeds());
  EXPECT_EQ(TrustOf("r"), Trusting(arn)) << "byte for byte";

  ASSERT_THAT(service.Call<api::UpdateUser>({.user_name = "eve", .new_path = "/x/", .new_user_name = "eva"}),
              Succeeds());
  EXPECT_EQ(TrustOf("r"), Trusting("arn:aws:iam::123456789012:user/x/eva"));
  ASSERT_THAT(service.Call<api::DeleteUser>({.user_name = "eva"}), Succeeds());
  EXPECT_EQ(TrustOf("r"), Trusting(eve->user->user_id));
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  EXPECT_EQ(TrustOf("r"), Trusting(eve->user->user_id)) << "another user of the same name";
}

TEST_F(TrustPolicy, TakesIdsAccountsAndPrincipalsOfOtherAccounts) {
  service.caller = RootCaller(kOtherAccount);
  const auto other = service.Call<api::CreateUser>({.path = "/a/", .user_name = "ann"});
  service.caller = RootCaller();
  ASSERT_THAT(Create("r", Trusting("arn:aws:iam::210987654321:user/a/ann")), Succeeds());
  EXPECT_EQ(TrustOf("r"), Trusting("arn:aws:iam::210987654321:user/a/ann"));
  const auto trust = [&](std::string_view principal) {
    return service.Call<api::UpdateAssumeRolePolicy>({.role_name = "r", .policy_document = Trusting(principal)});
  };
  EXPECT_THAT(trust("arn:aws:iam::210987654321:user/ann"),
              FailsWith(ErrorCode::kMalformedPolicyDocument,
                        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::210987654321:user/ann\""));
  ASSERT_THAT(trust(other->user->user_id), Succeeds());
  EXPECT_EQ(TrustOf("r"), Trusting("arn:aws:iam::210987654321:user/a/ann"));
  EXPECT_THAT(
      trust("AIDAQQQQQQQQQQQQQQQQQ"),
      FailsWith(ErrorCode::kMalformedPolicyDocument, "Invalid principal in policy: \"AWS\":\"AIDAQQQQQQQQQQQQQQQQQ\""));
  for (const char* principal :
       {"111122223333", "arn:aws:iam::111122223333:root", "*", "arn:aws:sts::123456789012:assumed-role/r/session"}) {
    ASSERT_THAT(trust(principal), Succeeds()) << principal;
    EXPECT_EQ(TrustOf("r"), Trusting(principal));
  }
}

TEST_F(DeleteRole, NeedsItsPoliciesGoneAndLeavesNothingBehind) {
  const std::size_t keys = directory::CountKeys(service.world);
  const std::string arn = "arn:aws:iam::aws:policy/AWSDenyAll";
  ASSERT_THAT(service.Call<api::CreateRole>(
                  {.role_name = "r", .assume_role_policy_document = kTrustEc2, .permissions_boundary = arn}),
              Succeeds());
  ASSERT_THAT(service.Call<api::PutRolePolicy>({.role_name = "r", .policy_name = "p", .policy_document = kAllowAll}),
              Succeeds());
  ASSERT_THAT(service.Call<api::AttachRolePolicy>({.role_name = "r", .policy_arn = arn}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteRole>({.role_name = "r"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must detach all policies first."));
  ASSERT_THAT(service.Call<api::DetachRolePolicy>({.role_name = "r", .policy_arn = arn}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteRole>({.role_name = "r"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete policies first."));
  ASSERT_THAT(service.Call<api::DeleteRolePolicy>({.role_name = "r", .policy_name = "p"}), Succeeds());
  ASSERT_THAT(service.Call<api::DeleteRole>({.role_name = "r"}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteRole>({.role_name = "r"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name r cannot be found."));
  EXPECT_EQ(directory::CountKeys(service.world), keys + 1);  // The counter of roles.
}

std::string TrustingIssuer(const std::string& issuer, const std::string& condition,
                           const std::string& action = "sts:AssumeRoleWithWebIdentity") {
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/)" +
         issuer + R"("},"Action":")" + action + R"(","Condition":)" + condition + "}]}";
}

TEST_F(CreateRole, DemandsThatTrustInASharedIssuerIsNarrowed) {
  constexpr char kGitHub[] = "token.actions.githubusercontent.com";
  constexpr char kText[] =
      "The trust policy must evaluate token.actions.githubusercontent.com:sub by a condition other than a wildcard, "
      "because the identity provider is shared by many tenants.";
  int number = 0;
  const auto create = [&](const std::string& document) { return Create("r" + std::to_string(++number), document); };
  for (const char* condition :
       {"{}", R"({"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}})",
        R"({"StringLike":{"token.actions.githubusercontent.com:sub":"*"}})",
        R"({"StringLike":{"token.actions.githubusercontent.com:sub":["repo:acme/*","*"]}})",
        R"({"StringLikeIfExists":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}})",
        R"({"StringNotEquals":{"token.actions.githubusercontent.com:sub":"repo:evil/app"}})",
        R"({"Null":{"token.actions.githubusercontent.com:sub":"false"}})"}) {
    EXPECT_THAT(create(TrustingIssuer(kGitHub, condition)), FailsWith(ErrorCode::kMalformedPolicyDocument, kText))
        << condition;
  }
  EXPECT_THAT(create(TrustingIssuer(kGitHub, "{}", "sts:AssumeRole*")),
              FailsWith(ErrorCode::kMalformedPolicyDocument, kText));
  for (const char* condition : {R"({"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}})",
                                R"({"StringEquals":{"TOKEN.actions.githubusercontent.com:SUB":"repo:acme/app"}})"}) {
    EXPECT_THAT(create(TrustingIssuer(kGitHub, condition)), Succeeds()) << condition;
  }
  EXPECT_THAT(create(TrustingIssuer("login.example", "{}")), Succeeds());
  EXPECT_FALSE(create(TrustingIssuer("cognito-identity.amazonaws.com", "{}")).ok());
  EXPECT_THAT(create(TrustingIssuer("cognito-identity.amazonaws.com",
                                    R"({"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:pool"}})")),
              Succeeds());
}

}  // namespace
}  // namespace claviger::ops::iam

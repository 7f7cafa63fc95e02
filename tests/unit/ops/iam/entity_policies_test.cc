// Attached and inline policies, boundaries and tags: the same rules for each kind that can have them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "ops/iam/attached_policy.h"
#include "ops/iam/context_keys.h"
#include "ops/iam/group.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/managed_policy.h"
#include "ops/iam/permissions_boundary.h"
#include "ops/iam/role.h"
#include "ops/iam/tags.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;
using testing::IsEmpty;

// The operations of one kind of entity, all entities called "e".
struct OfUser {
  using AttachOp = api::AttachUserPolicy;
  using DetachOp = api::DetachUserPolicy;
  using ListAttachedOp = api::ListAttachedUserPolicies;
  using PutOp = api::PutUserPolicy;
  using GetOp = api::GetUserPolicy;
  using DeleteOp = api::DeleteUserPolicy;
  using ListOp = api::ListUserPolicies;
  static constexpr std::string_view kName = "user";
  static constexpr std::string_view kQuota = "PoliciesPerUser";
  static constexpr int kInlineMax = 2048;
  static auto& Name(auto& request) { return request.user_name; }
};
struct OfGroup {
  using AttachOp = api::AttachGroupPolicy;
  using DetachOp = api::DetachGroupPolicy;
  using ListAttachedOp = api::ListAttachedGroupPolicies;
  using PutOp = api::PutGroupPolicy;
  using GetOp = api::GetGroupPolicy;
  using DeleteOp = api::DeleteGroupPolicy;
  using ListOp = api::ListGroupPolicies;
  static constexpr std::string_view kName = "group";
  static constexpr std::string_view kQuota = "PoliciesPerGroup";
  static constexpr int kInlineMax = 5120;
  static auto& Name(auto& request) { return request.group_name; }
};
struct OfRole {
  using AttachOp = api::AttachRolePolicy;
  using DetachOp = api::DetachRolePolicy;
  using ListAttachedOp = api::ListAttachedRolePolicies;
  using PutOp = api::PutRolePolicy;
  using GetOp = api::GetRolePolicy;
  using DeleteOp = api::DeleteRolePolicy;
  using ListOp = api::ListRolePolicies;
  static constexpr std::string_view kName = "role";
  static constexpr std::string_view kQuota = "PoliciesPerRole";
  static constexpr int kInlineMax = 10240;
  static auto& Name(auto& request) { return request.role_name; }
};

class EntityService : public Service {
 public:
  EntityService()
      : Service({RegisterUserOperations, RegisterGroupOperations, RegisterRoleOperations,
                 RegisterManagedPolicyOperations, RegisterAttachedPolicyOperations, RegisterInlinePolicyOperations,
                 RegisterPermissionsBoundaryOperations, RegisterTagOperations, RegisterContextKeyOperations}) {}

  void MakeEntities() {
    EXPECT_THAT(Call<api::CreateUser>({.user_name = "e"}), Succeeds());
    EXPECT_THAT(Call<api::CreateGroup>({.group_name = "e"}), Succeeds());
    EXPECT_THAT(Call<api::CreateRole>({.role_name = "e", .assume_role_policy_document = kTrustEc2}), Succeeds());
  }
  std::string MakePolicy(const std::string& name, const std::string& path = "/") {
    EXPECT_THAT(Call<api::CreatePolicy>({.policy_name = name, .path = path, .policy_document = kAllowAll}), Succeeds());
    return PolicyArn(name, path);
  }
};

template <class Kind>
class PoliciesOf : public testing::Test {
 protected:
  PoliciesOf() { service.MakeEntities(); }

  template <class Operation>
  auto On(typename Operation::Request request, const std::string& name = "e") {
    Kind::Name(request) = name;
    return service.Call<Operation>(std::move(request));
  }
  std::vector<std::string> Attached(std::optional<std::string> path_prefix = {}) {
    const auto response = On<typename Kind::ListAttachedOp>({.path_prefix = std::move(path_prefix)});
    EXPECT_THAT(response, Succeeds());
    std::vector<std::string> arns;
    for (const AttachedPolicy& policy : *response->attached_policies) arns.push_back(*policy.policy_arn);
    return arns;
  }
  Result<typename Kind::PutOp::Response> Put(const std::string& name, const std::string& document = kAllowAll) {
    return On<typename Kind::PutOp>({.policy_name = name, .policy_document = document});
  }

  const std::string missing = "The " + std::string(Kind::kName) + " with name nope cannot be found.";
  EntityService service;
};
using Kinds = testing::Types<OfUser, OfGroup, OfRole>;
TYPED_TEST_SUITE(PoliciesOf, Kinds);

TYPED_TEST(PoliciesOf, AreNotThoseThatAwsReserves) {
  using Kind = TypeParam;
  for (const std::string name :
       {"root-task/IAMAuditRootUserCredentials", "aws-service-role/AutoScalingServiceRolePolicy"}) {
    EXPECT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = "arn:aws:iam::aws:policy/" + name}),
                FailsWith(ErrorCode::kPolicyNotAttachable,
                          "Cannot attach AWS reserved policy to an IAM " + std::string(Kind::kName) + "."));
  }
  const std::string own = this->service.MakePolicy("own", "/root-task/");
  EXPECT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = own}), Succeeds());
}

TYPED_TEST(PoliciesOf, AttachAndDetach) {
  using Kind = TypeParam;
  const std::string own = this->service.MakePolicy("own", "/x/");
  const std::string aws = "arn:aws:iam::aws:policy/AdministratorAccess";
  for (int i = 0; i < 2; ++i) {  // Attaching again succeeds.
    ASSERT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = own}), Succeeds());
    ASSERT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = aws}), Succeeds());
  }
  EXPECT_THAT(this->Attached(), ElementsAre(aws, own));
  EXPECT_THAT(this->Attached("/x/"), ElementsAre(own));
  ASSERT_THAT(this->template On<typename Kind::DetachOp>({.policy_arn = aws}), Succeeds());
  EXPECT_THAT(this->Attached(), ElementsAre(own));
  EXPECT_THAT(this->template On<typename Kind::DetachOp>({.policy_arn = aws}),
              FailsWith(ErrorCode::kNoSuchEntity, "Policy " + aws + " was not found."));
}

TYPED_TEST(PoliciesOf, AreShownInPages) {
  using Kind = TypeParam;
  for (const char* name : {"c", "A", "b"}) {
    const std::string arn = this->service.MakePolicy(name);
    ASSERT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = arn}), Succeeds());
    ASSERT_THAT(this->Put(name), Succeeds());
  }
  const auto attached = this->template On<typename Kind::ListAttachedOp>({.max_items = 2});
  ASSERT_THAT(attached, Succeeds());
  EXPECT_EQ(attached->attached_policies->size(), 2U);
  EXPECT_EQ(attached->attached_policies->front().policy_name, "A");
  const auto rest = this->template On<typename Kind::ListAttachedOp>({.marker = attached->marker});
  ASSERT_THAT(rest, Succeeds());
  ASSERT_EQ(rest->attached_policies->size(), 1U);
  EXPECT_EQ(rest->attached_policies->front().policy_name, "c");
  EXPECT_EQ(rest->is_truncated, false);

  const auto names = this->template On<typename Kind::ListOp>({.max_items = 2});
  ASSERT_THAT(names, Succeeds());
  EXPECT_THAT(names->policy_names, ElementsAre("A", "b"));
  const auto last = this->template On<typename Kind::ListOp>({.marker = names->marker});
  EXPECT_THAT(last->policy_names, ElementsAre("c"));
}

TYPED_TEST(PoliciesOf, NeedBothSidesToExist) {
  using Kind = TypeParam;
  const std::string aws = "arn:aws:iam::aws:policy/AdministratorAccess";
  const auto nobody = FailsWith(ErrorCode::kNoSuchEntity, this->missing);
  EXPECT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = aws}, "nope"), nobody);
  EXPECT_THAT(this->template On<typename Kind::DetachOp>({.policy_arn = aws}, "nope"), nobody);
  EXPECT_THAT(this->template On<typename Kind::ListAttachedOp>({}, "nope"), nobody);
  EXPECT_THAT(this->template On<typename Kind::PutOp>({.policy_name = "p", .policy_document = kAllowAll}, "nope"),
              nobody);
  EXPECT_THAT(this->template On<typename Kind::GetOp>({.policy_name = "p"}, "nope"), nobody);
  EXPECT_THAT(this->template On<typename Kind::DeleteOp>({.policy_name = "p"}, "nope"), nobody);
  EXPECT_THAT(this->template On<typename Kind::ListOp>({}, "nope"), nobody);

  const std::string none = PolicyArn("none");
  EXPECT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = none}),
              FailsWith(ErrorCode::kNoSuchEntity, "Policy " + none + " does not exist or is not attachable."));
  EXPECT_THAT(this->template On<typename Kind::DetachOp>({.policy_arn = none}),
              FailsWith(ErrorCode::kNoSuchEntity, "Policy " + none + " was not found."));
}

TYPED_TEST(PoliciesOf, KeepTheQuota) {
  using Kind = TypeParam;
  this->service.world.quotas.policies_per_user = 1;
  this->service.world.quotas.policies_per_group = 1;
  this->service.world.quotas.policies_per_role = 1;
  const std::string first = this->service.MakePolicy("first");
  const std::string second = this->service.MakePolicy("second");
  ASSERT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = first}), Succeeds());
  EXPECT_THAT(this->template On<typename Kind::AttachOp>({.policy_arn = second}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for " + std::string(Kind::kQuota) + ": 1"));
}

TYPED_TEST(PoliciesOf, InlineAreKeptByteForByteAndOverwritten) {
  using Kind = TypeParam;
  const std::string spaced =
      "{\"Version\" : \"2012-10-17\",\r\n \"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}";
  ASSERT_THAT(this->Put("Mine"), Succeeds());
  ASSERT_THAT(this->Put("Mine", spaced), Succeeds());
  const auto response = this->template On<typename Kind::GetOp>({.policy_name = "mine"});
  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(Kind::Name(*response), "e");
  EXPECT_EQ(response->policy_name, "Mine");
  EXPECT_EQ(response->policy_document, PercentEncode(spaced));
  EXPECT_THAT(this->template On<typename Kind::ListOp>({})->policy_names, ElementsAre("Mine"));
  ASSERT_THAT(this->template On<typename Kind::DeleteOp>({.policy_name = "Mine"}), Succeeds());
  const auto gone = FailsWith(ErrorCode::kNoSuchEntity,
                              "The " + std::string(Kind::kName) + " policy with name Mine cannot be found.");
  EXPECT_THAT(this->template On<typename Kind::GetOp>({.policy_name = "Mine"}), gone);
  EXPECT_THAT(this->template On<typename Kind::DeleteOp>({.policy_name = "Mine"}), gone);
  EXPECT_THAT(this->template On<typename Kind::ListOp>({})->policy_names, IsEmpty());
}

TYPED_TEST(PoliciesOf, InlineMayNotBeTooLargeTogether) {
  using Kind = TypeParam;
  const auto sized = [](int characters) {
    std::string document = kAllowAll;
    const std::string sid = "\"Sid\":\"\",";
    const int more = characters - static_cast<int>(document.size() + sid.size());
    return document.insert(document.find("\"Effect\""), "\"Sid\":\"" + std::string(more, 'x') + "\",\n   ");
  };
  ASSERT_THAT(this->Put("a", sized(Kind::kInlineMax - 200)), Succeeds());
  ASSERT_THAT(this->Put("b", sized(200)), Succeeds());
  EXPECT_THAT(this->Put("b", sized(201)),
              FailsWith(ErrorCode::kLimitExceeded, "Maximum policy size of " + std::to_string(Kind::kInlineMax) +
                                                       " bytes exceeded for " + std::string(Kind::kName) + " e"));
  EXPECT_THAT(this->Put("a", sized(300)), Succeeds());
  EXPECT_THAT(this->Put("b", sized(201)), Succeeds());
}

TYPED_TEST(PoliciesOf, InlineMustBePolicies) {
  EXPECT_THAT(this->Put("p", "no"), FailsWith(ErrorCode::kMalformedPolicyDocument, "Syntax errors in policy."));
  EXPECT_THAT(this->Put("p", R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"),
              FailsWith(ErrorCode::kMalformedPolicyDocument, "Policy document must be version 2012-10-17 or greater."));
}

class EntityTest : public testing::Test {
 protected:
  EntityTest() { service.MakeEntities(); }
  EntityService service;
};
using PermissionsBoundary = EntityTest;
using Tags = EntityTest;
using ContextKeys = EntityTest;

TEST_F(PermissionsBoundary, IsShownAndCounted) {
  const std::string first = service.MakePolicy("first");
  const std::string second = service.MakePolicy("second");
  const auto uses = [&](const std::string& arn) {
    return *service.Call<api::GetPolicy>({.policy_arn = arn})->policy->permissions_boundary_usage_count;
  };
  ASSERT_THAT(service.Call<api::PutUserPermissionsBoundary>({.user_name = "e", .permissions_boundary = first}),
              Succeeds());
  ASSERT_THAT(service.Call<api::PutRolePermissionsBoundary>({.role_name = "e", .permissions_boundary = first}),
              Succeeds());
  EXPECT_EQ(uses(first), 2);
  const auto user = service.Call<api::GetUser>({.user_name = "e"});
  EXPECT_EQ(user->user.permissions_boundary,
            (AttachedPermissionsBoundary{.permissions_boundary_type = "Policy", .permissions_boundary_arn = first}));
  EXPECT_FALSE(service.Call<api::ListUsers>()->users.front().permissions_boundary);
  EXPECT_EQ(service.Call<api::GetRole>({.role_name = "e"})->role.permissions_boundary->permissions_boundary_arn, first);

  ASSERT_THAT(service.Call<api::PutUserPermissionsBoundary>({.user_name = "e", .permissions_boundary = second}),
              Succeeds());
  EXPECT_EQ(uses(first), 1);
  EXPECT_EQ(uses(second), 1);
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(service.Call<api::DeleteUserPermissionsBoundary>({.user_name = "e"}), Succeeds());
    ASSERT_THAT(service.Call<api::DeleteRolePermissionsBoundary>({.role_name = "e"}), Succeeds());
  }
  EXPECT_EQ(uses(first) + uses(second), 0);
  EXPECT_FALSE(service.Call<api::GetUser>({.user_name = "e"})->user.permissions_boundary);
}

TEST_F(PermissionsBoundary, IsNoneThatAwsReserves) {
  const std::string arn = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy";
  const auto refused = [](const std::string& kind) {
    return FailsWith(ErrorCode::kPolicyNotAttachable, "Cannot attach AWS reserved policy to an IAM " + kind + ".");
  };
  EXPECT_THAT(service.Call<api::PutUserPermissionsBoundary>({.user_name = "e", .permissions_boundary = arn}),
              refused("user"));
  EXPECT_THAT(service.Call<api::PutRolePermissionsBoundary>({.role_name = "e", .permissions_boundary = arn}),
              refused("role"));
  EXPECT_THAT(service.Call<api::CreateUser>({.user_name = "f", .permissions_boundary = arn}), refused("user"));
}

TEST_F(PermissionsBoundary, MustBeAPolicyThatExists) {
  const std::string none = PolicyArn("none");
  const auto missing =
      FailsWith(ErrorCode::kNoSuchEntity, "Scope ARN: " + none + " does not exist or is not attachable.");
  EXPECT_THAT(service.Call<api::PutUserPermissionsBoundary>({.user_name = "e", .permissions_boundary = none}), missing);
  EXPECT_THAT(service.Call<api::PutRolePermissionsBoundary>({.role_name = "e", .permissions_boundary = none}), missing);
  EXPECT_THAT(service.Call<api::CreateUser>({.user_name = "new", .permissions_boundary = none}), missing);
  const std::string role = "arn:aws:iam::123456789012:role/e";
  EXPECT_THAT(service.Call<api::PutUserPermissionsBoundary>({.user_name = "e", .permissions_boundary = role}),
              FailsWith(ErrorCode::kInvalidInput, "ARN " + role + " is not valid."));
  const std::string aws = "arn:aws:iam::aws:policy/PowerUserAccess";
  EXPECT_THAT(service.Call<api::PutUserPermissionsBoundary>({.user_name = "nope", .permissions_boundary = aws}),
              FailsWith(ErrorCode::kNoSuchEntity, "The user with name nope cannot be found."));
  EXPECT_THAT(service.Call<api::DeleteRolePermissionsBoundary>({.role_name = "nope"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name nope cannot be found."));
}

TEST_F(Tags, OfUsersAndRolesIgnoreCaseAndKeepTheNewSpelling) {
  ASSERT_THAT(service.Call<api::TagUser>({.user_name = "e", .tags = {{"somekey", "1"}, {"b", ""}}}), Succeeds());
  ASSERT_THAT(service.Call<api::TagUser>({.user_name = "e", .tags = {{"Somekey", "2"}}}), Succeeds());
  EXPECT_THAT(service.Call<api::ListUserTags>({.user_name = "e"})->tags,
              ElementsAre(Tag{"Somekey", "2"}, Tag{"b", ""}));
  EXPECT_THAT(*service.Call<api::GetUser>({.user_name = "e"})->user.tags,
              ElementsAre(Tag{"Somekey", "2"}, Tag{"b", ""}));
  ASSERT_THAT(service.Call<api::UntagUser>({.user_name = "e", .tag_keys = {"SOMEKEY", "absent"}}), Succeeds());
  EXPECT_THAT(service.Call<api::ListUserTags>({.user_name = "e"})->tags, ElementsAre(Tag{"b", ""}));

  ASSERT_THAT(service.Call<api::TagRole>({.role_name = "e", .tags = {{"k", "v"}}}), Succeeds());
  ASSERT_THAT(service.Call<api::UntagRole>({.role_name = "e", .tag_keys = {"K"}}), Succeeds());
  EXPECT_THAT(service.Call<api::ListRoleTags>({.role_name = "e"})->tags, IsEmpty());
  const auto twice =
      FailsWith(ErrorCode::kInvalidInput, "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  EXPECT_THAT(service.Call<api::TagUser>({.user_name = "e", .tags = {{"a", ""}, {"A", ""}}}), twice);
  EXPECT_THAT(service.Call<api::TagRole>({.role_name = "e", .tags = {{"a", ""}, {"A", ""}}}), twice);
}

TEST_F(Tags, OfPoliciesMindCaseAndAreListedShorterFirst) {
  const std::string arn = service.MakePolicy("p");
  ASSERT_THAT(service.Call<api::TagPolicy>({.policy_arn = arn, .tags = {{"abc", ""}, {"b", ""}, {"z", ""}, {"a", ""}}}),
              Succeeds());
  ASSERT_THAT(service.Call<api::TagPolicy>({.policy_arn = arn, .tags = {{"A", "1"}}}), Succeeds());
  const auto keys = [](const std::vector<Tag>& tags) {
    std::vector<std::string> out;
    for (const Tag& tag : tags) out.push_back(tag.key);
    return out;
  };
  EXPECT_THAT(keys(service.Call<api::ListPolicyTags>({.policy_arn = arn})->tags),
              ElementsAre("A", "a", "b", "z", "abc"));
  EXPECT_THAT(keys(*service.Call<api::GetPolicy>({.policy_arn = arn})->policy->tags),
              ElementsAre("abc", "b", "z", "a", "A"));
  ASSERT_THAT(service.Call<api::UntagPolicy>({.policy_arn = arn, .tag_keys = {"a"}}), Succeeds());
  EXPECT_THAT(keys(service.Call<api::ListPolicyTags>({.policy_arn = arn})->tags), ElementsAre("A", "b", "z", "abc"));
  EXPECT_THAT(service.Call<api::TagPolicy>({.policy_arn = arn, .tags = {{"a", ""}, {"a", ""}}}),
              FailsWith(ErrorCode::kInvalidInput, "Duplicate tag keys found."));
}

TEST_F(Tags, AreAtMostFifty) {
  std::vector<Tag> tags;
  for (int i = 0; i < 50; ++i) tags.push_back({"k" + std::to_string(i), ""});
  ASSERT_THAT(service.Call<api::TagUser>({.user_name = "e", .tags = tags}), Succeeds());
  EXPECT_THAT(service.Call<api::TagUser>({.user_name = "e", .tags = {{"one more", ""}}}),
              FailsWith(ErrorCode::kLimitExceeded, "The number of tags has reached the maximum limit."));
  EXPECT_THAT(service.Call<api::TagUser>({.user_name = "e", .tags = {{"K7", "new"}}}), Succeeds());
  const auto first = service.Call<api::ListUserTags>({.user_name = "e", .marker = {}, .max_items = 30});
  EXPECT_EQ(first->tags.size(), 30U);
  EXPECT_EQ(service.Call<api::ListUserTags>({.user_name = "e", .marker = first->marker})->tags.size(), 20U);
}

TEST_F(Tags, NeedSomethingToBeOn) {
  const std::string none = PolicyArn("none");
  const auto no_policy = FailsWith(ErrorCode::kNoSuchEntity, "Policy " + none + " was not found.");
  EXPECT_THAT(service.Call<api::TagPolicy>({.policy_arn = none, .tags = {{"a", ""}}}), no_policy);
  EXPECT_THAT(service.Call<api::UntagPolicy>({.policy_arn = none, .tag_keys = {"a"}}), no_policy);
  EXPECT_THAT(service.Call<api::ListPolicyTags>({.policy_arn = none}), no_policy);
  EXPECT_THAT(service.Call<api::TagUser>({.user_name = "nope", .tags = {{"a", ""}}}),
              FailsWith(ErrorCode::kNoSuchEntity, "The user with name nope cannot be found."));
  EXPECT_THAT(service.Call<api::ListRoleTags>({.role_name = "nope"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name nope cannot be found."));
  const std::string aws = "arn:aws:iam::aws:policy/AWSDenyAll";
  EXPECT_THAT(service.Call<api::TagPolicy>({.policy_arn = aws, .tags = {{"a", ""}}}),
              FailsWith(ErrorCode::kAccessDenied, "Cannot tag policies outside your own account."));
  EXPECT_THAT(service.Call<api::ListPolicyTags>({.policy_arn = aws})->tags, IsEmpty());
  EXPECT_THAT(service.Call<api::TagUser>({.user_name = "e", .tags = {{"AWS:x", ""}}}),
              FailsWith(ErrorCode::kInvalidInput, "Tag keys beginning with aws: are reserved for system use."));
}

constexpr char kAsks[] =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}",)"
    R"("Condition":{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"AWS:UserName":"x"}}}})";

TEST_F(ContextKeys, AreEachNamedOnceIgnoringCase) {
  const auto keys = service.Call<api::GetContextKeysForCustomPolicy>({.policy_input_list = {kAsks, kAllowAll}});
  ASSERT_THAT(keys, Succeeds());
  EXPECT_EQ(keys->context_key_names->size(), 2U);
  EXPECT_THAT(service.Call<api::GetContextKeysForCustomPolicy>({.policy_input_list = {"{"}}),
              FailsWith(ErrorCode::kInvalidInput, "Syntax errors in policy."));
}

TEST_F(ContextKeys, OfAUserIncludeThoseOfItsGroups) {
  ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = "e", .user_name = "e"}), Succeeds());
  ASSERT_THAT(service.Call<api::PutGroupPolicy>({.group_name = "e", .policy_name = "p", .policy_document = kAsks}),
              Succeeds());
  const auto of = [&](const std::string& arn) {
    return service.Call<api::GetContextKeysForPrincipalPolicy>({.policy_source_arn = arn});
  };
  EXPECT_EQ(of("arn:aws:iam::123456789012:user/e")->context_key_names->size(), 2U);
  EXPECT_EQ(of("arn:aws:iam::123456789012:group/e")->context_key_names->size(), 2U);
  EXPECT_THAT(*of("arn:aws:iam::123456789012:role/e")->context_key_names, IsEmpty());
  const auto unknown = FailsWith(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity.");
  EXPECT_THAT(of("arn:aws:iam::123456789012:user/x/e"), unknown);
  EXPECT_THAT(of("arn:aws:iam::210987654321:user/e"), unknown);
  EXPECT_THAT(of("arn:aws:sts::123456789012:assumed-role/e/s"),
              FailsWith(ErrorCode::kInvalidInput,
                        "Invalid ARN provided in the request: arn:aws:sts::123456789012:assumed-role/e/s"));
}

}  // namespace
}  // namespace claviger::ops::iam

#include "ops/iam/managed_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "ops/iam/attached_policy.h"
#include "ops/iam/group.h"
#include "ops/iam/permissions_boundary.h"
#include "ops/iam/policy_version.h"
#include "ops/iam/role.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kDenyAllArn[] = "arn:aws:iam::aws:policy/AWSDenyAll";
constexpr char kMissingArn[] = "arn:aws:iam::123456789012:policy/nope";

// A document that differs from others by its Sid, with the white space that must survive.
std::string Document(std::string_view sid) {
  return "{ \"Version\": \"2012-10-17\",\n\t\"Statement\": [ {\"Sid\": \"" + std::string(sid) +
         "\", \"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"} ] }";
}

class ManagedPolicyTest : public testing::Test {
 protected:
  Result<CreatePolicyResponse> Create(const std::string& name, const std::string& path = "/") {
    return service.Call<api::CreatePolicy>({.policy_name = name, .path = path, .policy_document = Document("v1")});
  }
  std::vector<std::string> Versions(const std::string& arn) {
    std::vector<std::string> ids;
    const auto response = service.Call<api::ListPolicyVersions>({.policy_arn = arn});
    EXPECT_THAT(response, Succeeds());
    for (const PolicyVersion& version : *response->versions) {
      ids.push_back(*version.version_id + (*version.is_default_version ? "*" : ""));
    }
    return ids;
  }
  std::vector<std::string> List(ListPoliciesRequest request) {
    std::vector<std::string> names;
    const auto response = service.Call<api::ListPolicies>(std::move(request));
    EXPECT_THAT(response, Succeeds());
    for (const Policy& policy : *response->policies) names.push_back(*policy.policy_name);
    return names;
  }
  Policy Get(const std::string& arn) {
    const auto response = service.Call<api::GetPolicy>({.policy_arn = arn});
    EXPECT_THAT(response, Succeeds());
    return *response->policy;
  }

  Service service{RegisterManagedPolicyOperations,
                  RegisterPolicyVersionOperations,
                  RegisterAttachedPolicyOperations,
                  RegisterUserOperations,
                  RegisterGroupOperations,
                  RegisterRoleOperations,
                  RegisterPermissionsBoundaryOperations};
};

using CreatePolicy = ManagedPolicyTest;
using GetPolicy = ManagedPolicyTest;
using ListPolicies = ManagedPolicyTest;
using DeletePolicy = ManagedPolicyTest;
using PolicyVersions = ManagedPolicyTest;
using ListEntitiesForPolicy = ManagedPolicyTest;

TEST_F(CreatePolicy, AnswersTheFirstVersionWithoutTheDescription) {
  const auto response = service.Call<api::CreatePolicy>({.policy_name = "Read",
                                                         .path = "/team/",
                                                         .policy_document = Document("a"),
                                                         .description = "reads",
                                                         .tags = {{{.key = "k", .value = "v"}}}});
  ASSERT_THAT(response, Succeeds());
  const Policy& policy = *response->policy;
  EXPECT_EQ(policy.arn, "arn:aws:iam::123456789012:policy/team/Read");
  EXPECT_TRUE(policy.policy_id->starts_with("ANPA"));
  EXPECT_EQ(policy.default_version_id, "v1");
  EXPECT_EQ(policy.attachment_count, 0);
  EXPECT_EQ(policy.permissions_boundary_usage_count, 0);
  EXPECT_EQ(policy.is_attachable, true);
  EXPECT_EQ(policy.create_date, kNow);
  EXPECT_EQ(policy.update_date, kNow);
  EXPECT_FALSE(policy.description);
  EXPECT_THAT(*policy.tags, ElementsAre(Tag{.key = "k", .value = "v"}));
  EXPECT_FALSE(Create("Other")->policy->tags);
}

TEST_F(CreatePolicy, RefusesWhatCannotBe) {
  ASSERT_THAT(Create("Taken"), Succeeds());
  EXPECT_THAT(Create("taken", "/elsewhere/"),
              FailsWith(ErrorCode::kEntityAlreadyExists,
                        "A policy called taken already exists. Duplicate names are not allowed."));
  EXPECT_THAT(service.Call<api::CreatePolicy>({.policy_name = "p", .path = {}, .policy_document = "{}"}),
              FailsWith(ErrorCode::kMalformedPolicyDocument, "Syntax errors in policy."));
  EXPECT_THAT(service.Call<api::CreatePolicy>({.policy_name = "p", .path = {}, .policy_document = kTrustEc2}),
              FailsWith(ErrorCode::kMalformedPolicyDocument, "Policy document should not specify a principal."));
  EXPECT_THAT(service.Call<api::CreatePolicy>(
                  {.policy_name = "p", .path = {}, .policy_document = Document(std::string(7000, 'x'))}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for PolicySize: 6144"));
  service.world.quotas.policies_per_account = 1;
  EXPECT_THAT(Create("p"), FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for PoliciesPerAccount: 1"));
}

TEST_F(GetPolicy, ShowsDescriptionTagsAndRealCounts) {
  ASSERT_THAT(service.Call<api::CreatePolicy>(
                  {.policy_name = "p", .path = {}, .policy_document = Document("a"), .description = "d"}),
              Succeeds());
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve", .permissions_boundary = PolicyArn("p")}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "g"}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "eve", .policy_arn = PolicyArn("p")}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachGroupPolicy>({.group_name = "g", .policy_arn = PolicyArn("p")}), Succeeds());
  const Policy policy = Get(PolicyArn("p"));
  EXPECT_EQ(policy.description, "d");
  EXPECT_THAT(policy.tags, testing::Optional(IsEmpty()));
  EXPECT_EQ(policy.attachment_count, 2);
  EXPECT_EQ(policy.permissions_boundary_usage_count, 1);
}

TEST_F(GetPolicy, ShowsPoliciesOfAwsWithTheCountsOfTheAccount) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "eve", .policy_arn = kDenyAllArn}), Succeeds());
  const Policy policy = Get(kDenyAllArn);
  EXPECT_EQ(policy.policy_name, "AWSDenyAll");
  EXPECT_EQ(policy.path, "/");
  EXPECT_EQ(policy.arn, kDenyAllArn);
  EXPECT_EQ(policy.attachment_count, 1);
  EXPECT_EQ(Get("arn:aws:iam::aws:policy/job-function/Billing").path, "/job-function/");
  service.caller = RootCaller(kOtherAccount);
  EXPECT_EQ(Get(kDenyAllArn).attachment_count, 0);
}

TEST_F(GetPolicy, IsNotFoundUnlessTheArnIsExact) {
  ASSERT_THAT(Create("Read", "/team/"), Succeeds());
  for (const char* arn : {"arn:aws:iam::123456789012:policy/Read", "arn:aws:iam::123456789012:policy/team/read"}) {
    EXPECT_THAT(
        service.Call<api::GetPolicy>({.policy_arn = arn}),
        FailsWith(ErrorCode::kNoSuchEntity, "Policy " + std::string(arn) + " does not exist or is not attachable."));
  }
  EXPECT_THAT(service.Call<api::GetPolicy>({.policy_arn = "arn:aws:iam::aws:policy/Nope"}),
              FailsWith(ErrorCode::kNoSuchEntity, "Policy arn:aws:iam::aws:policy/Nope was not found."));
}

TEST_F(ListPolicies, FiltersByScopePathAndUse) {
  ASSERT_THAT(Create("b", "/x/"), Succeeds());
  ASSERT_THAT(Create("A"), Succeeds());
  ASSERT_THAT(Create("c"), Succeeds());
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve", .permissions_boundary = PolicyArn("c")}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "eve", .policy_arn = PolicyArn("A")}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "eve", .policy_arn = kDenyAllArn}), Succeeds());

  EXPECT_THAT(List({.scope = "Local"}), ElementsAre("A", "b", "c"));
  EXPECT_THAT(List({.scope = "Local", .only_attached = {}, .path_prefix = "/x"}), ElementsAre("b"));
  EXPECT_THAT(List({.scope = "AWS", .only_attached = {}, .path_prefix = "/job-function/"}), ElementsAre("Billing"));
  EXPECT_THAT(List({.scope = "All", .only_attached = true}), ElementsAre("A", "AWSDenyAll"));
  EXPECT_THAT(List({.scope = "AWS", .only_attached = true}), ElementsAre("AWSDenyAll"));
  EXPECT_THAT(List({.policy_usage_filter = "PermissionsBoundary"}), ElementsAre("c"));
  EXPECT_THAT(List({.scope = "Local", .policy_usage_filter = "PermissionsPolicy"}), ElementsAre("A", "b"));
  const auto local = service.Call<api::ListPolicies>({.scope = "Local"});
  EXPECT_FALSE(local->policies->front().description || local->policies->front().tags);
}

TEST_F(ListPolicies, PagesThroughTheAccountsAndThenThroughThoseOfAws) {
  for (const char* name : {"a", "b", "c"}) ASSERT_THAT(Create(name), Succeeds());
  const std::size_t all = 3 + directory::BuiltinCatalogue().policies().size();
  for (const int page_items : {1, 2, 3, 7, 1000}) {
    std::vector<std::string> seen;
    std::optional<std::string> marker;
    do {
      const auto page = service.Call<api::ListPolicies>({.marker = marker, .max_items = page_items});
      ASSERT_THAT(page, Succeeds());
      ASSERT_LE(page->policies->size(), static_cast<std::size_t>(page_items));
      for (const Policy& policy : *page->policies) seen.push_back(*policy.arn);
      ASSERT_EQ(page->is_truncated, page->marker.has_value());
      marker = page->marker;
    } while (marker);
    EXPECT_EQ(seen.size(), all);
    std::ranges::sort(seen);
    EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
  }
  EXPECT_THAT(service.Call<api::ListPolicies>({.marker = "x"}),
              FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
}

TEST_F(PolicyVersions, AreAtMostFiveAndNumbersAreNeverReused) {
  ASSERT_THAT(Create("p"), Succeeds());
  const std::string arn = PolicyArn("p");
  const auto add = [&](bool set_default = false) {
    return service.Call<api::CreatePolicyVersion>(
        {.policy_arn = arn, .policy_document = Document("x"), .set_as_default = set_default});
  };
  service.now = kNow + std::chrono::hours(1);
  const auto second = add();
  ASSERT_THAT(second, Succeeds());
  EXPECT_EQ(second->policy_version->version_id, "v2");
  EXPECT_EQ(second->policy_version->is_default_version, false);
  EXPECT_FALSE(second->policy_version->document);
  EXPECT_EQ(Get(arn).update_date, service.now);
  ASSERT_THAT(add(true), Succeeds());
  EXPECT_EQ(Get(arn).default_version_id, "v3");
  ASSERT_THAT(add(), Succeeds());
  ASSERT_THAT(add(), Succeeds());
  EXPECT_THAT(add(), FailsWith(ErrorCode::kLimitExceeded,
                               "A managed policy can have up to 5 versions. Before you create a new version, you must "
                               "delete an existing version."));
  ASSERT_THAT(service.Call<api::DeletePolicyVersion>({.policy_arn = arn, .version_id = "v5"}), Succeeds());
  ASSERT_THAT(add(), Succeeds());
  EXPECT_THAT(Versions(arn), ElementsAre("v6", "v4", "v3*", "v2", "v1"));
}

TEST_F(PolicyVersions, KeepTheSubmittedTextByteForByte) {
  ASSERT_THAT(Create("p"), Succeeds());
  const auto response = service.Call<api::GetPolicyVersion>({.policy_arn = PolicyArn("p"), .version_id = "v1"});
  ASSERT_THAT(response, Succeeds());
  const std::string& document = *response->policy_version->document;
  EXPECT_EQ(document, PercentEncode(Document("v1")));
  EXPECT_TRUE(document.starts_with("%7B%20%22Version%22%3A"));
  EXPECT_EQ(response->policy_version->is_default_version, true);
}

TEST_F(PolicyVersions, ChangeTheDefault) {
  ASSERT_THAT(Create("p"), Succeeds());
  const std::string arn = PolicyArn("p");
  ASSERT_THAT(service.Call<api::CreatePolicyVersion>({.policy_arn = arn, .policy_document = Document("b")}),
              Succeeds());
  ASSERT_THAT(service.Call<api::SetDefaultPolicyVersion>({.policy_arn = arn, .version_id = "v2"}), Succeeds());
  EXPECT_THAT(Versions(arn), ElementsAre("v2*", "v1"));
  EXPECT_THAT(service.Call<api::DeletePolicyVersion>({.policy_arn = arn, .version_id = "v2"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete the default version of a policy."));
  ASSERT_THAT(service.Call<api::DeletePolicyVersion>({.policy_arn = arn, .version_id = "v1"}), Succeeds());
  EXPECT_THAT(Versions(arn), ElementsAre("v2*"));
}

TEST_F(PolicyVersions, AreShownInPages) {
  ASSERT_THAT(Create("p"), Succeeds());
  ASSERT_THAT(service.Call<api::CreatePolicyVersion>({.policy_arn = PolicyArn("p"), .policy_document = kAllowAll}),
              Succeeds());
  const auto first =
      service.Call<api::ListPolicyVersions>({.policy_arn = PolicyArn("p"), .marker = {}, .max_items = 1});
  ASSERT_EQ(first->versions->size(), 1U);
  EXPECT_EQ(first->versions->front().version_id, "v2");
  const auto second = service.Call<api::ListPolicyVersions>({.policy_arn = PolicyArn("p"), .marker = first->marker});
  ASSERT_EQ(second->versions->size(), 1U);
  EXPECT_EQ(second->versions->front().version_id, "v1");
}

TEST_F(PolicyVersions, AreNotFoundInTheSameWordsForPolicyAndVersion) {
  ASSERT_THAT(Create("p"), Succeeds());
  for (const auto& [arn, version] : std::vector<std::pair<std::string, std::string>>{
           {kMissingArn, "v1"}, {PolicyArn("p"), "v2"}, {PolicyArn("p"), "v1.x"}}) {
    const auto missing = FailsWith(ErrorCode::kNoSuchEntity,
                                   "Policy " + arn + " version " + version + " does not exist or is not attachable.");
    EXPECT_THAT(service.Call<api::GetPolicyVersion>({.policy_arn = arn, .version_id = version}), missing);
    EXPECT_THAT(service.Call<api::SetDefaultPolicyVersion>({.policy_arn = arn, .version_id = version}), missing);
    EXPECT_THAT(service.Call<api::DeletePolicyVersion>({.policy_arn = arn, .version_id = version}), missing);
  }
  const auto not_attachable = FailsWith(ErrorCode::kNoSuchEntity,
                                        "Policy " + std::string(kMissingArn) + " does not exist or is not attachable.");
  EXPECT_THAT(service.Call<api::ListPolicyVersions>({.policy_arn = kMissingArn}), not_attachable);
  EXPECT_THAT(service.Call<api::CreatePolicyVersion>({.policy_arn = kMissingArn, .policy_document = kAllowAll}),
              not_attachable);
  EXPECT_THAT(service.Call<api::CreatePolicyVersion>({.policy_arn = PolicyArn("p"), .policy_document = "{"}),
              FailsWith(ErrorCode::kMalformedPolicyDocument, "Syntax errors in policy."));
}

TEST_F(PolicyVersions, OfAwsCanBeReadOnly) {
  const std::string arn = kDenyAllArn;
  ASSERT_EQ(Versions(arn).size(), 1U);
  const std::string version = *Get(arn).default_version_id;
  const auto read = service.Call<api::GetPolicyVersion>({.policy_arn = arn, .version_id = version});
  ASSERT_THAT(read, Succeeds());
  EXPECT_TRUE(PercentDecode(*read->policy_version->document)->starts_with("{\n  \"Version\": \"2012-10-17\""));
  const auto denied = [](std::string_view what) {
    return FailsWith(ErrorCode::kAccessDenied, "Cannot " + std::string(what) + " policies outside your own account.");
  };
  EXPECT_THAT(service.Call<api::DeletePolicy>({.policy_arn = arn}), denied("delete"));
  EXPECT_THAT(service.Call<api::DeletePolicyVersion>({.policy_arn = arn, .version_id = version}),
              denied("delete policy versions for"));
  EXPECT_THAT(service.Call<api::SetDefaultPolicyVersion>({.policy_arn = arn, .version_id = version}), denied("update"));
  EXPECT_THAT(service.Call<api::CreatePolicyVersion>({.policy_arn = arn, .policy_document = kAllowAll}),
              denied("create policy versions for"));
}

TEST_F(DeletePolicy, NeedsItUnusedAndWithOneVersion) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  const std::size_t keys = directory::CountKeys(service.world);
  ASSERT_THAT(Create("p"), Succeeds());
  const std::string arn = PolicyArn("p");
  const auto attached = FailsWith(ErrorCode::kDeleteConflict, "Cannot delete a policy attached to entities.");
  ASSERT_THAT(service.Call<api::CreatePolicyVersion>({.policy_arn = arn, .policy_document = Document("b")}),
              Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "eve", .policy_arn = arn}), Succeeds());
  EXPECT_THAT(service.Call<api::DeletePolicy>({.policy_arn = arn}), attached);
  ASSERT_THAT(service.Call<api::DetachUserPolicy>({.user_name = "eve", .policy_arn = arn}), Succeeds());
  ASSERT_THAT(service.Call<api::PutUserPermissionsBoundary>({.user_name = "eve", .permissions_boundary = arn}),
              Succeeds());
  EXPECT_THAT(service.Call<api::DeletePolicy>({.policy_arn = arn}), attached);
  ASSERT_THAT(service.Call<api::DeleteUserPermissionsBoundary>({.user_name = "eve"}), Succeeds());
  EXPECT_THAT(service.Call<api::DeletePolicy>({.policy_arn = arn}),
              FailsWith(ErrorCode::kDeleteConflict,
                        "This policy has more than one version. Before you delete a policy, you must delete the "
                        "policy's versions. The default version is deleted with the policy."));
  ASSERT_THAT(service.Call<api::DeletePolicyVersion>({.policy_arn = arn, .version_id = "v2"}), Succeeds());
  ASSERT_THAT(service.Call<api::DeletePolicy>({.policy_arn = arn}), Succeeds());
  EXPECT_THAT(service.Call<api::DeletePolicy>({.policy_arn = arn}),
              FailsWith(ErrorCode::kNoSuchEntity, "Policy " + arn + " was not found."));
  EXPECT_EQ(directory::CountKeys(service.world), keys + 2);  // The counters of policies and versions.
}

TEST_F(ListEntitiesForPolicy, ShowsThemByKindAndUse) {
  ASSERT_THAT(Create("p"), Succeeds());
  const std::string arn = PolicyArn("p");
  ASSERT_THAT(service.Call<api::CreateUser>({.path = "/x/", .user_name = "ann", .permissions_boundary = arn}),
              Succeeds());
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "bob"}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "g"}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateRole>(
                  {.role_name = "r", .assume_role_policy_document = kTrustEc2, .permissions_boundary = arn}),
              Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "ann", .policy_arn = arn}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "bob", .policy_arn = arn}), Succeeds());
  ASSERT_THAT(service.Call<api::AttachGroupPolicy>({.group_name = "g", .policy_arn = arn}), Succeeds());

  struct Names {
    std::vector<std::string> groups, users, roles;
  };
  const auto list = [&](ListEntitiesForPolicyRequest request) {
    Names names;
    request.policy_arn = arn;
    do {
      const auto page = service.Call<api::ListEntitiesForPolicy>(request);
      EXPECT_THAT(page, Succeeds());
      for (const auto& group : *page->policy_groups) names.groups.push_back(*group.group_name);
      for (const auto& user : *page->policy_users) names.users.push_back(*user.user_name);
      for (const auto& role : *page->policy_roles) names.roles.push_back(*role.role_name);
      request.marker = page->marker;
    } while (request.marker);
    return names;
  };
  for (const int page_items : {1, 2, 3, 100}) {
    const Names all = list({.max_items = page_items});
    EXPECT_THAT(all.groups, ElementsAre("g"));
    EXPECT_THAT(all.users, UnorderedElementsAre("ann", "bob")) << "once, though ann has it in both ways";
    EXPECT_THAT(all.roles, ElementsAre("r"));
  }
  const Names attached = list({.policy_usage_filter = "PermissionsPolicy"});
  EXPECT_THAT(attached.users, UnorderedElementsAre("ann", "bob"));
  EXPECT_THAT(attached.roles, IsEmpty());
  const Names bounded = list({.policy_usage_filter = "PermissionsBoundary"});
  EXPECT_THAT(bounded.users, ElementsAre("ann"));
  EXPECT_THAT(bounded.roles, ElementsAre("r"));
  EXPECT_THAT(bounded.groups, IsEmpty());
  const Names users = list({.entity_filter = "User", .path_prefix = "/x/"});
  EXPECT_THAT(users.users, ElementsAre("ann"));
  EXPECT_THAT(users.groups, IsEmpty());
  EXPECT_THAT(list({.entity_filter = "LocalManagedPolicy"}).users, IsEmpty());
  EXPECT_THAT(service.Call<api::ListEntitiesForPolicy>({.policy_arn = kMissingArn}),
              FailsWith(ErrorCode::kNoSuchEntity,
                        "Policy " + std::string(kMissingArn) + " does not exist or is not attachable."));
}

}  // namespace
}  // namespace claviger::ops::iam

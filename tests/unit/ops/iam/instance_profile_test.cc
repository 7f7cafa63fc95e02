#include "ops/iam/instance_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "ops/iam/role.h"
#include "ops/iam/tags.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;

class InstanceProfileTest : public testing::Test {
 protected:
  Result<CreateInstanceProfileResponse> Create(const std::string& name, const std::string& path = "/") {
    return service.Call<api::CreateInstanceProfile>({.instance_profile_name = name, .path = path});
  }
  void CreateRole(const std::string& name) {
    ASSERT_THAT(service.Call<api::CreateRole>({.role_name = name, .assume_role_policy_document = kTrustEc2}),
                Succeeds());
  }
  auto Add(const std::string& profile, const std::string& role) {
    return service.Call<api::AddRoleToInstanceProfile>({.instance_profile_name = profile, .role_name = role});
  }
  auto Remove(const std::string& profile, const std::string& role) {
    return service.Call<api::RemoveRoleFromInstanceProfile>({.instance_profile_name = profile, .role_name = role});
  }
  gen::iam::InstanceProfile Get(const std::string& name) {
    const auto response = service.Call<api::GetInstanceProfile>({.instance_profile_name = name});
    EXPECT_THAT(response, Succeeds());
    return response->instance_profile;
  }

  Service service{RegisterInstanceProfileOperations, RegisterRoleOperations, RegisterTagOperations};
};

using CreateInstanceProfile = InstanceProfileTest;
using ListInstanceProfiles = InstanceProfileTest;
using AddRoleToInstanceProfile = InstanceProfileTest;
using RemoveRoleFromInstanceProfile = InstanceProfileTest;
using DeleteInstanceProfile = InstanceProfileTest;
using TagInstanceProfile = InstanceProfileTest;

TEST_F(CreateInstanceProfile, AnswersNoRolesAndTagsOnlyWhenGiven) {
  const auto response = Create("Web", "/front/");
  ASSERT_THAT(response, Succeeds());
  const gen::iam::InstanceProfile& profile = response->instance_profile;
  EXPECT_EQ(profile.arn, "arn:aws:iam::123456789012:instance-profile/front/Web");
  EXPECT_TRUE(profile.instance_profile_id.starts_with("AIPA"));
  EXPECT_EQ(profile.create_date, kNow);
  EXPECT_TRUE(profile.roles.empty());
  EXPECT_FALSE(profile.tags);
  EXPECT_TRUE(Get("Web").tags->empty());

  const auto tagged = service.Call<api::CreateInstanceProfile>(
      {.instance_profile_name = "Tagged", .path = {}, .tags = {{{.key = "k", .value = "v"}}}});
  EXPECT_THAT(*tagged->instance_profile.tags, ElementsAre(Tag{.key = "k", .value = "v"}));
}

TEST_F(CreateInstanceProfile, RefusesWhatCannotBe) {
  ASSERT_THAT(Create("Web"), Succeeds());
  EXPECT_THAT(Create("WEB", "/x/"), FailsWith(ErrorCode::kEntityAlreadyExists, "Instance Profile WEB already exists."));
  service.world.quotas.instance_profiles_per_account = 1;
  EXPECT_THAT(Create("second"),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for InstanceProfilesPerAccount: 1"));
  EXPECT_THAT(service.Call<api::GetInstanceProfile>({.instance_profile_name = "none"}),
              FailsWith(ErrorCode::kNoSuchEntity, "Instance Profile none cannot be found."));
  EXPECT_EQ(Get("wEb").instance_profile_name, "Web");
}

TEST_F(ListInstanceProfiles, PagesByNameBelowAPath) {
  for (const char* name : {"b", "A", "c"}) ASSERT_THAT(Create(name, "/x/"), Succeeds());
  ASSERT_THAT(Create("other", "/y/"), Succeeds());
  const auto first = service.Call<api::ListInstanceProfiles>({.path_prefix = "/x", .marker = {}, .max_items = 2});
  ASSERT_THAT(first, Succeeds());
  ASSERT_EQ(first->instance_profiles.size(), 2U);
  EXPECT_EQ(first->instance_profiles[0].instance_profile_name, "A");
  EXPECT_FALSE(first->instance_profiles[0].tags);
  EXPECT_EQ(first->is_truncated, true);
  const auto second = service.Call<api::ListInstanceProfiles>({.path_prefix = "/x", .marker = first->marker});
  ASSERT_EQ(second->instance_profiles.size(), 1U);
  EXPECT_EQ(second->instance_profiles[0].instance_profile_name, "c");
  EXPECT_EQ(second->is_truncated, false);
  EXPECT_THAT(service.Call<api::ListInstanceProfiles>({.path_prefix = {}, .marker = "made up"}),
              FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
}

TEST_F(AddRoleToInstanceProfile, ShowsTheRoleAsItWasCreated) {
  CreateRole("Reader");
  ASSERT_THAT(Create("Web"), Succeeds());
  ASSERT_THAT(Add("web", "reader"), Succeeds());
  const auto profile = Get("Web");
  ASSERT_EQ(profile.roles.size(), 1U);
  EXPECT_EQ(profile.roles[0].role_name, "Reader");
  EXPECT_EQ(profile.roles[0].assume_role_policy_document, PercentEncode(kTrustEc2));
  EXPECT_FALSE(profile.roles[0].max_session_duration || profile.roles[0].role_last_used);
}

TEST_F(AddRoleToInstanceProfile, TakesOneRoleOnly) {
  CreateRole("one");
  CreateRole("two");
  ASSERT_THAT(Create("Web"), Succeeds());
  ASSERT_THAT(Add("Web", "one"), Succeeds());
  for (const char* role : {"one", "two"}) {
    EXPECT_THAT(Add("Web", role),
                FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"));
  }
}

TEST_F(AddRoleToInstanceProfile, RefusesWhatIsMissingOrFull) {
  CreateRole("r");
  ASSERT_THAT(Create("p"), Succeeds());
  ASSERT_THAT(Create("q"), Succeeds());
  EXPECT_THAT(Add("none", "r"), FailsWith(ErrorCode::kNoSuchEntity, "Instance Profile none cannot be found."));
  EXPECT_THAT(Add("p", "none"), FailsWith(ErrorCode::kNoSuchEntity, "The role with name none cannot be found."));
  service.world.quotas.instance_profiles_per_role = 1;
  ASSERT_THAT(Add("p", "r"), Succeeds());
  EXPECT_THAT(Add("q", "r"),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for InstanceProfilesPerRole: 1"));
}

TEST_F(RemoveRoleFromInstanceProfile, LeavesNothingBehind) {
  CreateRole("r");
  CreateRole("s");
  ASSERT_THAT(Create("p"), Succeeds());
  const std::size_t before = directory::CountKeys(service.world);
  ASSERT_THAT(Add("p", "r"), Succeeds());
  EXPECT_THAT(Remove("p", "s"), FailsWith(ErrorCode::kNoSuchEntity, "Role s in Instance Profile p cannot be found."));
  EXPECT_THAT(Remove("p", "none"), FailsWith(ErrorCode::kNoSuchEntity, "The role with name none cannot be found."));
  EXPECT_THAT(Remove("none", "r"), FailsWith(ErrorCode::kNoSuchEntity, "Instance Profile none cannot be found."));
  ASSERT_THAT(Remove("p", "r"), Succeeds());
  EXPECT_EQ(directory::CountKeys(service.world), before);
  EXPECT_TRUE(Get("p").roles.empty());
  EXPECT_THAT(Remove("p", "r"), FailsWith(ErrorCode::kNoSuchEntity, "Role r in Instance Profile p cannot be found."));
}

TEST_F(ListInstanceProfiles, ListsThoseOfARole) {
  CreateRole("r");
  for (const char* name : {"b", "A", "c"}) {
    ASSERT_THAT(Create(name), Succeeds());
    ASSERT_THAT(Add(name, "r"), Succeeds());
  }
  ASSERT_THAT(Create("empty"), Succeeds());
  const auto first = service.Call<api::ListInstanceProfilesForRole>({.role_name = "R", .marker = {}, .max_items = 2});
  ASSERT_THAT(first, Succeeds());
  ASSERT_EQ(first->instance_profiles.size(), 2U);
  EXPECT_EQ(first->instance_profiles[0].instance_profile_name, "A");
  EXPECT_EQ(first->instance_profiles[0].roles.size(), 1U);
  const auto second = service.Call<api::ListInstanceProfilesForRole>({.role_name = "r", .marker = first->marker});
  ASSERT_EQ(second->instance_profiles.size(), 1U);
  EXPECT_EQ(second->instance_profiles[0].instance_profile_name, "c");
  EXPECT_THAT(service.Call<api::ListInstanceProfilesForRole>({.role_name = "none"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The role with name none cannot be found."));
}

TEST_F(DeleteInstanceProfile, WaitsUntilTheRoleIsOut) {
  const std::size_t before = directory::CountKeys(service.world);
  CreateRole("r");
  ASSERT_THAT(Create("p"), Succeeds());
  ASSERT_THAT(Add("p", "r"), Succeeds());
  constexpr std::string_view kText = "Cannot delete entity, must remove roles from instance profile first.";
  EXPECT_THAT(service.Call<api::DeleteInstanceProfile>({.instance_profile_name = "p"}),
              FailsWith(ErrorCode::kDeleteConflict, kText));
  EXPECT_THAT(service.Call<api::DeleteRole>({.role_name = "r"}), FailsWith(ErrorCode::kDeleteConflict, kText));
  ASSERT_THAT(Remove("p", "r"), Succeeds());
  ASSERT_THAT(service.Call<api::DeleteInstanceProfile>({.instance_profile_name = "P"}), Succeeds());
  ASSERT_THAT(service.Call<api::DeleteRole>({.role_name = "r"}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteInstanceProfile>({.instance_profile_name = "p"}),
              FailsWith(ErrorCode::kNoSuchEntity, "Instance Profile p cannot be found."));
  EXPECT_EQ(directory::CountKeys(service.world), before + 2);  // The two counters.
}

TEST_F(TagInstanceProfile, TellsKeysApartByCase) {
  ASSERT_THAT(Create("p"), Succeeds());
  ASSERT_THAT(service.Call<api::TagInstanceProfile>(
                  {.instance_profile_name = "p",
                   .tags = {{.key = "b", .value = "1"}, {.key = "abc", .value = ""}, {.key = "B", .value = "2"}}}),
              Succeeds());
  EXPECT_THAT(service.Call<api::TagInstanceProfile>(
                  {.instance_profile_name = "p", .tags = {{.key = "b", .value = "1"}, {.key = "b", .value = "2"}}}),
              FailsWith(ErrorCode::kInvalidInput, "Duplicate tag keys found."));
  const auto listed = service.Call<api::ListInstanceProfileTags>({.instance_profile_name = "P"});
  EXPECT_THAT(listed->tags, ElementsAre(Tag{.key = "B", .value = "2"}, Tag{.key = "abc", .value = ""},
                                        Tag{.key = "b", .value = "1"}));
  EXPECT_EQ(Get("p").tags->size(), 3U);
  ASSERT_THAT(service.Call<api::UntagInstanceProfile>({.instance_profile_name = "p", .tag_keys = {"B", "none", "abc"}}),
              Succeeds());
  EXPECT_THAT(*Get("p").tags, ElementsAre(Tag{.key = "b", .value = "1"}));
  service.world.quotas.tags_per_resource = 1;
  EXPECT_THAT(
      service.Call<api::TagInstanceProfile>({.instance_profile_name = "p", .tags = {{.key = "x", .value = ""}}}),
      FailsWith(ErrorCode::kLimitExceeded, "The number of tags has reached the maximum limit."));
}

}  // namespace
}  // namespace claviger::ops::iam

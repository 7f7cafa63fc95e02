#include "ops/iam/group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/attached_policy.h"
#include "ops/iam/inline_policy.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;

class GroupTest : public testing::Test {
 protected:
  std::vector<std::string> Members(const std::string& group) {
    const auto response = service.Call<api::GetGroup>({.group_name = group});
    EXPECT_THAT(response, Succeeds());
    std::vector<std::string> names;
    for (const User& user : response->users) names.push_back(user.user_name.value());
    std::ranges::sort(names);
    return names;
  }

  std::vector<std::string> GroupsOf(const std::string& user) {
    const auto response = service.Call<api::ListGroupsForUser>({.user_name = user});
    EXPECT_THAT(response, Succeeds());
    std::vector<std::string> names;
    for (const Group& group : response->groups) names.push_back(group.group_name);
    return names;
  }

  Service service{RegisterGroupOperations, RegisterUserOperations, RegisterAttachedPolicyOperations,
                  RegisterInlinePolicyOperations};
};

using CreateGroup = GroupTest;
using UpdateGroup = GroupTest;
using DeleteGroup = GroupTest;
using GroupMembership = GroupTest;
using ListGroups = GroupTest;

TEST_F(CreateGroup, AnswersTheGroup) {
  const auto response = service.Call<api::CreateGroup>({.path = "/ops/", .group_name = "Admins"});
  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->group.arn, "arn:aws:iam::123456789012:group/ops/Admins");
  EXPECT_EQ(response->group.path, "/ops/");
  EXPECT_TRUE(response->group.group_id.starts_with("AGPA"));
  EXPECT_EQ(response->group.create_date, kNow);
  const auto read = service.Call<api::GetGroup>({.group_name = "admins"});
  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(read->group, response->group);
  EXPECT_THAT(read->users, IsEmpty());
  EXPECT_EQ(read->is_truncated, false);
}

TEST_F(CreateGroup, RejectsNameDifferingOnlyInCase) {
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "Admins"}), Succeeds());
  EXPECT_THAT(service.Call<api::CreateGroup>({.group_name = "aDMINS"}),
              FailsWith(ErrorCode::kEntityAlreadyExists, "Group with name aDMINS already exists."));
}

TEST_F(CreateGroup, KeepsTheQuota) {
  service.world.quotas.groups_per_account = 1;
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "a"}), Succeeds());
  EXPECT_THAT(service.Call<api::CreateGroup>({.group_name = "b"}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for GroupsPerAccount: 1"));
  ASSERT_THAT(service.Call<api::DeleteGroup>({.group_name = "a"}), Succeeds());
  EXPECT_THAT(service.Call<api::CreateGroup>({.group_name = "b"}), Succeeds());
}

TEST_F(GroupTest, IsNotFoundWhenItDoesNotExist) {
  const auto missing = FailsWith(ErrorCode::kNoSuchEntity, "The group with name nope cannot be found.");
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  EXPECT_THAT(service.Call<api::GetGroup>({.group_name = "nope"}), missing);
  EXPECT_THAT(service.Call<api::UpdateGroup>({.group_name = "nope"}), missing);
  EXPECT_THAT(service.Call<api::DeleteGroup>({.group_name = "nope"}), missing);
  EXPECT_THAT(service.Call<api::AddUserToGroup>({.group_name = "nope", .user_name = "eve"}), missing);
  EXPECT_THAT(service.Call<api::RemoveUserFromGroup>({.group_name = "nope", .user_name = "eve"}), missing);
}

TEST_F(UpdateGroup, KeepsMembersAndPolicies) {
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "old"}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = "old", .user_name = "eve"}), Succeeds());
  ASSERT_THAT(
      service.Call<api::PutGroupPolicy>({.group_name = "old", .policy_name = "p", .policy_document = kAllowAll}),
      Succeeds());
  const auto before = service.Call<api::GetGroup>({.group_name = "old"});
  ASSERT_THAT(service.Call<api::UpdateGroup>({.group_name = "old", .new_path = "/x/", .new_group_name = "New"}),
              Succeeds());
  const auto after = service.Call<api::GetGroup>({.group_name = "New"});
  ASSERT_THAT(after, Succeeds());
  EXPECT_EQ(after->group.group_id, before->group.group_id);
  EXPECT_EQ(after->group.arn, "arn:aws:iam::123456789012:group/x/New");
  EXPECT_THAT(Members("New"), ElementsAre("eve"));
  EXPECT_THAT(GroupsOf("eve"), ElementsAre("New"));
  EXPECT_THAT(service.Call<api::GetGroupPolicy>({.group_name = "New", .policy_name = "p"}), Succeeds());
}

TEST_F(UpdateGroup, RejectsTheNameOfAnotherButNotItsOwnInOtherCase) {
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "a"}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "b"}), Succeeds());
  EXPECT_THAT(service.Call<api::UpdateGroup>({.group_name = "a", .new_path = {}, .new_group_name = "B"}),
              FailsWith(ErrorCode::kEntityAlreadyExists, "Group with name B already exists."));
  EXPECT_THAT(service.Call<api::UpdateGroup>({.group_name = "a", .new_path = {}, .new_group_name = "A"}), Succeeds());
}

TEST_F(DeleteGroup, NeedsItEmptyAndLeavesNothingBehind) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  const std::size_t keys = directory::CountKeys(service.world);
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "g"}), Succeeds());
  ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = "g", .user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::PutGroupPolicy>({.group_name = "g", .policy_name = "p", .policy_document = kAllowAll}),
              Succeeds());
  const std::string arn = "arn:aws:iam::aws:policy/AWSDenyAll";
  ASSERT_THAT(service.Call<api::AttachGroupPolicy>({.group_name = "g", .policy_arn = arn}), Succeeds());

  const auto refused = [](std::string_view text) { return FailsWith(ErrorCode::kDeleteConflict, text); };
  EXPECT_THAT(service.Call<api::DeleteGroup>({.group_name = "g"}),
              refused("Cannot delete entity, must detach all policies first."));
  ASSERT_THAT(service.Call<api::DetachGroupPolicy>({.group_name = "g", .policy_arn = arn}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteGroup>({.group_name = "g"}),
              refused("Cannot delete entity, must delete policies first."));
  ASSERT_THAT(service.Call<api::DeleteGroupPolicy>({.group_name = "g", .policy_name = "p"}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteGroup>({.group_name = "g"}),
              refused("Cannot delete entity, must remove users from group first."));
  ASSERT_THAT(service.Call<api::RemoveUserFromGroup>({.group_name = "g", .user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::DeleteGroup>({.group_name = "g"}), Succeeds());
  EXPECT_EQ(directory::CountKeys(service.world), keys + 1);  // The counter of groups.
}

TEST_F(GroupMembership, IsIdempotent) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "g"}), Succeeds());
  EXPECT_THAT(service.Call<api::RemoveUserFromGroup>({.group_name = "g", .user_name = "eve"}), Succeeds());
  EXPECT_THAT(service.Call<api::AddUserToGroup>({.group_name = "g", .user_name = "EVE"}), Succeeds());
  EXPECT_THAT(service.Call<api::AddUserToGroup>({.group_name = "g", .user_name = "eve"}), Succeeds());
  EXPECT_THAT(Members("g"), ElementsAre("eve"));
  EXPECT_THAT(GroupsOf("eve"), ElementsAre("g"));
  EXPECT_THAT(service.Call<api::RemoveUserFromGroup>({.group_name = "g", .user_name = "eve"}), Succeeds());
  EXPECT_THAT(Members("g"), IsEmpty());
  EXPECT_THAT(GroupsOf("eve"), IsEmpty());
}

TEST_F(GroupMembership, LooksForTheUserBeforeTheGroup) {
  const auto missing = FailsWith(ErrorCode::kNoSuchEntity, "The user with name eve cannot be found.");
  EXPECT_THAT(service.Call<api::AddUserToGroup>({.group_name = "nope", .user_name = "eve"}), missing);
  EXPECT_THAT(service.Call<api::RemoveUserFromGroup>({.group_name = "nope", .user_name = "eve"}), missing);
  EXPECT_THAT(service.Call<api::ListGroupsForUser>({.user_name = "eve"}), missing);
}

TEST_F(GroupMembership, KeepsTheQuota) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  for (int i = 0; i < 11; ++i) {
    ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "g" + std::to_string(i)}), Succeeds());
  }
  for (int i = 0; i < 10; ++i) {
    const std::string name = "g" + std::to_string(i);
    ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = name, .user_name = "eve"}), Succeeds());
  }
  EXPECT_THAT(service.Call<api::AddUserToGroup>({.group_name = "g10", .user_name = "eve"}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for GroupsPerUser: 10"));
  EXPECT_THAT(service.Call<api::AddUserToGroup>({.group_name = "g3", .user_name = "eve"}), Succeeds());
}

TEST_F(GroupMembership, IsShownInPages) {
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "all"}), Succeeds());
  for (const char* name : {"ann", "bob", "cid"}) {
    ASSERT_THAT(service.Call<api::CreateUser>({.user_name = name}), Succeeds());
    ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = "all", .user_name = name}), Succeeds());
  }
  const auto first = service.Call<api::GetGroup>({.group_name = "all", .marker = {}, .max_items = 2});
  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(first->users.size(), 2U);
  EXPECT_EQ(first->is_truncated, true);
  const auto second = service.Call<api::GetGroup>({.group_name = "all", .marker = first->marker, .max_items = 2});
  ASSERT_THAT(second, Succeeds());
  EXPECT_EQ(second->users.size(), 1U);
  EXPECT_EQ(second->is_truncated, false);
  EXPECT_FALSE(second->marker);
  EXPECT_THAT(service.Call<api::GetGroup>({.group_name = "all", .marker = "made up"}),
              FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
}

TEST_F(ListGroups, SortsByNameIgnoringCaseAndFiltersByPath) {
  for (const char* name : {"b", "A", "C"}) {
    ASSERT_THAT(service.Call<api::CreateGroup>({.path = "/team/x/", .group_name = name}), Succeeds());
  }
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "aa"}), Succeeds());
  const auto names = [](const Result<ListGroupsResponse>& response) {
    std::vector<std::string> out;
    for (const Group& group : response->groups) out.push_back(group.group_name);
    return out;
  };
  EXPECT_THAT(names(service.Call<api::ListGroups>()), ElementsAre("A", "aa", "b", "C"));
  const auto first = service.Call<api::ListGroups>({.path_prefix = "/te", .marker = {}, .max_items = 2});
  EXPECT_THAT(names(first), ElementsAre("A", "b"));
  EXPECT_EQ(first->is_truncated, true);
  EXPECT_THAT(names(service.Call<api::ListGroups>({.path_prefix = "/te", .marker = first->marker})), ElementsAre("C"));
}

TEST_F(ListGroups, ShowsAUsersGroupsInPages) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  for (const char* name : {"c", "B", "a"}) {
    ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = name}), Succeeds());
    ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = name, .user_name = "eve"}), Succeeds());
  }
  EXPECT_THAT(GroupsOf("eve"), ElementsAre("a", "B", "c"));
  const auto first = service.Call<api::ListGroupsForUser>({.user_name = "eve", .marker = {}, .max_items = 2});
  ASSERT_THAT(first, Succeeds());
  ASSERT_EQ(first->groups.size(), 2U);
  const auto second = service.Call<api::ListGroupsForUser>({.user_name = "eve", .marker = first->marker});
  ASSERT_THAT(second, Succeeds());
  ASSERT_EQ(second->groups.size(), 1U);
  EXPECT_EQ(second->groups[0].group_name, "c");
}

}  // namespace
}  // namespace claviger::ops::iam

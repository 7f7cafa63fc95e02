#include "ops/iam/user.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "directory/account.h"
#include "ops/iam/access_key.h"
#include "ops/iam/attached_policy.h"
#include "ops/iam/group.h"
#include "ops/iam/inline_policy.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using gen::iam::Tag;
using testing::ElementsAre;

class UserTest : public testing::Test {
 protected:
  // What a key of the user `name` signs.
  void ActAs(const std::string& name) {
    const auto user = service.Call<api::GetUser>({.user_name = name});
    ASSERT_THAT(user, Succeeds());
    service.caller = RootCaller();
    service.caller.type = PrincipalType::kUser;
    service.caller.arn = user->user.arn;
    service.caller.user_id = service.caller.unique_id = user->user.user_id;
    service.caller.user_name = name;
  }

  Service service{RegisterUserOperations, RegisterAccessKeyOperations, RegisterGroupOperations,
                  RegisterAttachedPolicyOperations, RegisterInlinePolicyOperations};
};

using CreateUser = UserTest;
using GetUser = UserTest;
using ListUsers = UserTest;
using UpdateUser = UserTest;
using DeleteUser = UserTest;
using AccessKeys = UserTest;

constexpr char kNonUser[] = "Must specify userName when calling with non-User credentials";

TEST_F(CreateUser, AnswersTagsAndBoundaryOnlyWhenGiven) {
  const auto plain = service.Call<api::CreateUser>({.path = "/ops/", .user_name = "eve"});
  ASSERT_THAT(plain, Succeeds());
  EXPECT_EQ(plain->user->arn, "arn:aws:iam::123456789012:user/ops/eve");
  EXPECT_TRUE(plain->user->user_id.starts_with("AIDA"));
  EXPECT_FALSE(plain->user->tags || plain->user->permissions_boundary);
  const auto full = service.Call<api::CreateUser>(
      {.user_name = "bob", .permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess", .tags = {{{"k", "v"}}}});
  ASSERT_THAT(full, Succeeds());
  EXPECT_THAT(*full->user->tags, ElementsAre(Tag{"k", "v"}));
  EXPECT_EQ(full->user->permissions_boundary->permissions_boundary_type, "Policy");
}

TEST_F(CreateUser, RefusesTakenNamesAndFullAccounts) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  EXPECT_THAT(service.Call<api::CreateUser>({.path = "/x/", .user_name = "EVE"}),
              FailsWith(ErrorCode::kEntityAlreadyExists, "User with name EVE already exists."));
  service.world.quotas.users_per_account = 1;
  EXPECT_THAT(service.Call<api::CreateUser>({.user_name = "bob"}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for UsersPerAccount: 1"));
}

TEST_F(CreateUser, IsOfOneAccount) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(service.Call<api::GetUser>({.user_name = "eve"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The user with name eve cannot be found."));
  EXPECT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
}

TEST_F(GetUser, MeansTheCallerWhenNobodyIsNamed) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  const auto root = service.Call<api::GetUser>();
  ASSERT_THAT(root, Succeeds());
  EXPECT_EQ(root->user.arn, "arn:aws:iam::123456789012:root");
  EXPECT_EQ(root->user.user_id, "123456789012");
  EXPECT_FALSE(root->user.user_name || root->user.path);
  ActAs("eve");
  EXPECT_EQ(service.Call<api::GetUser>()->user.user_name, "eve");
  service.caller.session = Caller::Session{.issued = kNow, .expires = kNow};
  EXPECT_THAT(service.Call<api::GetUser>(), FailsWith(ErrorCode::kValidationError, kNonUser));
}

TEST_F(ListUsers, SortsFiltersAndPages) {
  for (const char* name : {"b", "A", "C"}) {
    ASSERT_THAT(service.Call<api::CreateUser>({.path = "/test-life/", .user_name = name, .tags = {{{"k", "v"}}}}),
                Succeeds());
  }
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "aa"}), Succeeds());
  const auto first = service.Call<api::ListUsers>({.path_prefix = "/test", .marker = {}, .max_items = 2});
  ASSERT_EQ(first->users.size(), 2U);
  EXPECT_EQ(first->users[0].user_name, "A");
  EXPECT_FALSE(first->users[0].tags);
  EXPECT_EQ(first->users[1].user_name, "b");
  EXPECT_EQ(first->is_truncated, true);
  const auto second = service.Call<api::ListUsers>({.path_prefix = "/test", .marker = first->marker});
  ASSERT_EQ(second->users.size(), 1U);
  EXPECT_EQ(second->users[0].user_name, "C");
  EXPECT_THAT(service.Call<api::ListUsers>({.marker = "x"}), FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(service.Call<api::ListUsers>({.marker = first->marker}),
              FailsWith(ErrorCode::kValidationError, "Invalid Marker."));
}

TEST_F(UpdateUser, KeepsAllThatHangsOnTheUser) {
  const auto created = service.Call<api::CreateUser>({.user_name = "eve", .tags = {{{"k", "v"}}}});
  const auto key = service.Call<api::CreateAccessKey>({.user_name = "eve"});
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "g"}), Succeeds());
  ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = "g", .user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::PutUserPolicy>({.user_name = "eve", .policy_name = "p", .policy_document = kAllowAll}),
              Succeeds());
  ASSERT_THAT(service.Call<api::UpdateUser>({.user_name = "eve", .new_path = "/x/", .new_user_name = "Eva"}),
              Succeeds());
  EXPECT_THAT(service.Call<api::GetUser>({.user_name = "eve"}),
              FailsWith(ErrorCode::kNoSuchEntity, "The user with name eve cannot be found."));
  const auto user = service.Call<api::GetUser>({.user_name = "Eva"})->user;
  EXPECT_EQ(user.user_id, created->user->user_id);
  EXPECT_EQ(user.arn, "arn:aws:iam::123456789012:user/x/Eva");
  EXPECT_THAT(*user.tags, ElementsAre(Tag{"k", "v"}));
  EXPECT_EQ(service.Call<api::ListAccessKeys>({.user_name = "Eva"})->access_key_metadata[0].access_key_id,
            key->access_key.access_key_id);
  EXPECT_EQ(service.Call<api::ListGroupsForUser>({.user_name = "Eva"})->groups.size(), 1U);
  EXPECT_EQ(service.Call<api::GetUserPolicy>({.user_name = "Eva", .policy_name = "p"})->user_name, "Eva");
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "other"}), Succeeds());
  EXPECT_THAT(service.Call<api::UpdateUser>({.user_name = "Eva", .new_path = {}, .new_user_name = "OTHER"}),
              FailsWith(ErrorCode::kEntityAlreadyExists, "User with name OTHER already exists."));
  EXPECT_THAT(service.Call<api::UpdateUser>({.user_name = "Eva", .new_path = {}, .new_user_name = "EVA"}), Succeeds());
}

TEST_F(DeleteUser, NeedsEverythingGoneInOrderAndLeavesNothingBehind) {
  ASSERT_THAT(service.Call<api::CreateGroup>({.group_name = "g"}), Succeeds());
  const std::size_t keys = directory::CountKeys(service.world);
  const std::string arn = "arn:aws:iam::aws:policy/AWSDenyAll";
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve", .permissions_boundary = arn}), Succeeds());
  const auto key = service.Call<api::CreateAccessKey>({.user_name = "eve"});
  ASSERT_THAT(service.Call<api::AddUserToGroup>({.group_name = "g", .user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::PutUserPolicy>({.user_name = "eve", .policy_name = "p", .policy_document = kAllowAll}),
              Succeeds());
  ASSERT_THAT(service.Call<api::AttachUserPolicy>({.user_name = "eve", .policy_arn = arn}), Succeeds());
  const auto refused = [&](std::string_view what) {
    EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}),
                FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must " + std::string(what) + " first."));
  };
  refused("detach all policies");
  ASSERT_THAT(service.Call<api::DetachUserPolicy>({.user_name = "eve", .policy_arn = arn}), Succeeds());
  refused("delete policies");
  ASSERT_THAT(service.Call<api::DeleteUserPolicy>({.user_name = "eve", .policy_name = "p"}), Succeeds());
  refused("delete access keys");
  ASSERT_THAT(service.Call<api::DeleteAccessKey>({.user_name = "eve", .access_key_id = key->access_key.access_key_id}),
              Succeeds());
  refused("remove users from group");
  ASSERT_THAT(service.Call<api::RemoveUserFromGroup>({.group_name = "g", .user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}), Succeeds());
  EXPECT_EQ(directory::CountKeys(service.world), keys + 1);  // The counter of users.
}

TEST_F(AccessKeys, AreTwoAndAnsweredWithTheirSecretOnce) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  const auto first = service.Call<api::CreateAccessKey>({.user_name = "eve"});
  ASSERT_THAT(first, Succeeds());
  EXPECT_EQ(first->access_key.user_name, "eve");
  EXPECT_EQ(first->access_key.status, "Active");
  EXPECT_EQ(first->access_key.access_key_id.size(), 20U);
  EXPECT_EQ(first->access_key.secret_access_key.size(), 40U);
  service.now += std::chrono::seconds(1);
  const auto second = service.Call<api::CreateAccessKey>({.user_name = "eve"});
  EXPECT_THAT(service.Call<api::CreateAccessKey>({.user_name = "eve"}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for AccessKeysPerUser: 2"));

  const auto page = service.Call<api::ListAccessKeys>({.user_name = "eve", .marker = {}, .max_items = 1});
  ASSERT_EQ(page->access_key_metadata.size(), 1U);
  EXPECT_EQ(page->access_key_metadata[0].access_key_id, first->access_key.access_key_id);
  const auto rest = service.Call<api::ListAccessKeys>({.user_name = "eve", .marker = page->marker});
  ASSERT_EQ(rest->access_key_metadata.size(), 1U);
  EXPECT_EQ(rest->access_key_metadata[0].access_key_id, second->access_key.access_key_id);
  EXPECT_EQ(rest->is_truncated, false);
}

TEST_F(AccessKeys, ChangeStatusAndGo) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "bob"}), Succeeds());
  const std::string id = service.Call<api::CreateAccessKey>({.user_name = "eve"})->access_key.access_key_id;
  ASSERT_THAT(service.Call<api::UpdateAccessKey>({.user_name = "eve", .access_key_id = id, .status = "Inactive"}),
              Succeeds());
  EXPECT_EQ(service.Call<api::ListAccessKeys>({.user_name = "eve"})->access_key_metadata[0].status, "Inactive");
  const auto missing = FailsWith(ErrorCode::kNoSuchEntity, "The Access Key with id " + id + " cannot be found.");
  EXPECT_THAT(service.Call<api::DeleteAccessKey>({.user_name = "bob", .access_key_id = id}), missing);
  ASSERT_THAT(service.Call<api::DeleteAccessKey>({.user_name = "eve", .access_key_id = id}), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteAccessKey>({.user_name = "eve", .access_key_id = id}), missing);
  EXPECT_THAT(service.Call<api::UpdateAccessKey>({.user_name = "eve", .access_key_id = id, .status = "Active"}),
              missing);
}

TEST_F(AccessKeys, AreTheCallersWhenNobodyIsNamed) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  EXPECT_FALSE(service.Call<api::CreateAccessKey>()->access_key.user_name) << "the root user's own";
  EXPECT_EQ(service.Call<api::ListAccessKeys>()->access_key_metadata.size(), 1U);
  ActAs("eve");
  EXPECT_EQ(service.Call<api::CreateAccessKey>()->access_key.user_name, "eve");
  service.caller.type = PrincipalType::kAssumedRole;
  service.caller.session = Caller::Session{.issued = kNow, .expires = kNow};
  EXPECT_THAT(service.Call<api::CreateAccessKey>(), FailsWith(ErrorCode::kValidationError, kNonUser));
}

TEST_F(AccessKeys, TellTheirLastUse) {
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  const std::string id = service.Call<api::CreateAccessKey>({.user_name = "eve"})->access_key.access_key_id;
  const auto unused = service.Call<api::GetAccessKeyLastUsed>({.access_key_id = id});
  ASSERT_THAT(unused, Succeeds());
  EXPECT_EQ(unused->user_name, "eve");
  EXPECT_EQ(unused->access_key_last_used->service_name, "N/A");
  EXPECT_FALSE(unused->access_key_last_used->last_used_date);
  {
    directory::Attempt attempt(service.world);
    ASSERT_THAT(attempt.directory.access_keys.RecordUse(id, {.time = kNow, .service = "iam", .region = "us-east-1"}),
                Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  const auto used = service.Call<api::GetAccessKeyLastUsed>({.access_key_id = id});
  EXPECT_EQ(used->access_key_last_used->last_used_date, kNow);
  EXPECT_EQ(used->access_key_last_used->region, "us-east-1");
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(service.Call<api::GetAccessKeyLastUsed>({.access_key_id = id}),
              FailsWith(ErrorCode::kAccessDenied,
                        "User: arn:aws:iam::210987654321:root is not authorized to perform iam:GetAccessKeyLastUsed "
                        "on resource: access key " +
                            id));
}

}  // namespace
}  // namespace claviger::ops::iam

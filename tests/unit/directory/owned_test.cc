#include "directory/owned.h"

#include "directory_fixture.h"

namespace claviger::directory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class OwnedTest : public testing::Test {
 protected:
  void Insert(const std::string& id, const std::string& owner) {
    Attempt attempt(world);
    attempt.directory.ssh_public_keys.Insert(
        {.id = id, .owner = owner, .status = CredentialStatus::kInactive, .created = kNow, .wire = "wire of " + id});
    ASSERT_TRUE(attempt.Commit());
  }

  World world;
};

TEST_F(OwnedTest, ComesBackAsItWas) {
  Insert("A", "bob");
  Attempt attempt(world);
  const auto found = attempt.directory.ssh_public_keys.Find("A");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->owner, "bob");
  EXPECT_EQ((*found)->status, CredentialStatus::kInactive);
  EXPECT_EQ((*found)->created, kNow);
  EXPECT_EQ((*found)->wire, "wire of A");
  EXPECT_FALSE(*attempt.directory.ssh_public_keys.Find("B"));
}

TEST_F(OwnedTest, ListsOneOwnerOrThePagesOfAll) {
  for (const auto& [id, owner] : std::map<std::string, std::string>{{"C", "bob"}, {"A", "bob"}, {"B", "eve"}}) {
    Insert(id, owner);
  }
  Attempt attempt(world);
  EXPECT_THAT(*attempt.directory.ssh_public_keys.IdsOf("bob"), ElementsAre("A", "C"));
  EXPECT_THAT(*attempt.directory.ssh_public_keys.IdsOf("bo"), IsEmpty());
  const auto first = attempt.directory.ssh_public_keys.ListAll("", 2);
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[1].id, "B");
  EXPECT_TRUE(first->truncated);
  const auto second = attempt.directory.ssh_public_keys.ListAll("B", 2);
  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_EQ(second->items[0].id, "C");
  EXPECT_FALSE(second->truncated);
}

TEST_F(OwnedTest, LeavesNothingBehind) {
  Insert("A", "bob");
  Attempt attempt(world);
  attempt.directory.ssh_public_keys.Remove(**attempt.directory.ssh_public_keys.Find("A"));
  ASSERT_TRUE(attempt.Commit());
  EXPECT_EQ(CountKeys(world), 0U);
}

TEST_F(OwnedTest, FailsOnWhatItCannotRead) {
  Insert("A", "bob");
  Attempt attempt(world);
  attempt.transaction().Put("123456789012/ssh-key/A", "\x7f");
  ASSERT_TRUE(attempt.Commit());
  Attempt after(world);
  EXPECT_THAT(after.directory.ssh_public_keys.ListOf("bob"),
              FailsWith(ErrorCode::kInternalFailure, "The record `123456789012/ssh-key/A` is unreadable."));
  EXPECT_THAT(after.directory.ssh_public_keys.ListAll("", 10),
              FailsWith(ErrorCode::kInternalFailure, "The record `123456789012/ssh-key/A` is unreadable."));
}

}  // namespace
}  // namespace claviger::directory

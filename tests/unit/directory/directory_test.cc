// What operations cannot show: accounts, sealing keys, decisions' inputs, isolation and conflicts.
#include "directory/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "directory/principal_policies.h"
#include "directory/sealing_keys.h"
#include "directory/trust_policy.h"
#include "policy/parse.h"
#include "unit/directory/directory_fixture.h"

namespace claviger::directory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kDocument[] = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
constexpr char kAdministrator[] = "arn:aws:iam::aws:policy/AdministratorAccess";

class DirectoryTest : public testing::Test {
 protected:
  template <class Change>
  void Apply(Change change) {
    Attempt attempt(world);
    change(attempt.directory);
    ASSERT_TRUE(attempt.Commit());
  }

  static Entity EntityOf(const User& user) { return {.kind = EntityKind::kUser, .id = user.id, .name = user.name}; }

  World world;
  const User eve{.id = "AIDAEVE", .path = "/", .name = "Eve", .created = kNow};
  const Group ops{.id = "AGPAOPS", .path = "/", .name = "Ops", .created = kNow};
  const Role reader{.id = "AROAREADER", .path = "/", .name = "Reader", .created = kNow, .trust_policy = "{}"};
  const Policy limit{.id = "ANPALIMIT", .path = "/", .name = "Limit", .created = kNow, .updated = kNow};
};

using PrincipalPoliciesTest = DirectoryTest;
using Conflicts = DirectoryTest;
using Accounts = DirectoryTest;
using SealingKeys = DirectoryTest;

TEST_F(PrincipalPoliciesTest, AreTheUsersAndItsGroupsAndTheBoundary) {
  const std::string administrator = std::string(BuiltinCatalogue().Find(kAdministrator)->id);
  Apply([&](Directory& directory) {
    User bounded = eve;
    bounded.boundary = limit.id;
    ASSERT_THAT(directory.users.Insert(bounded), Succeeds());
    ASSERT_THAT(directory.groups.Insert(ops), Succeeds());
    ASSERT_THAT(directory.policies.Insert(limit, kDocument), Succeeds());
    ASSERT_THAT(directory.groups.AddMember(ops, bounded), Succeeds());
    ASSERT_THAT(directory.holdings.PutInline(EntityOf(bounded), "Mine", kDocument), Succeeds());
    ASSERT_THAT(directory.holdings.Attach(EntityOf(bounded), administrator), Succeeds());
    const Entity group{.kind = EntityKind::kGroup, .id = ops.id, .name = ops.name};
    ASSERT_THAT(directory.holdings.PutInline(group, "Theirs", kDocument), Succeeds());
    ASSERT_THAT(directory.holdings.Attach(group, limit.id), Succeeds());
  });
  Attempt attempt(world);
  const auto policies = LoadPrincipalPolicies(attempt.directory, PrincipalType::kUser, eve.id);
  ASSERT_THAT(policies, Succeeds());
  std::vector<std::string> ids;
  for (const PolicyText& policy : policies->identity) ids.push_back(policy.id);
  EXPECT_THAT(ids, ElementsAre("user_Eve_Mine", "AdministratorAccess", "group_Ops_Theirs", "Limit"));
  EXPECT_EQ(policies->identity[0].arn, "");
  EXPECT_EQ(policies->identity[1].arn, kAdministrator);
  EXPECT_EQ(policies->identity[3].arn, "arn:aws:iam::123456789012:policy/Limit");
  EXPECT_EQ(policies->identity[3].document, kDocument);
  ASSERT_TRUE(policies->boundary);
  EXPECT_EQ(policies->boundary->id, "Limit");
  EXPECT_TRUE(attempt.transaction().TakeBatch().ranges.empty()) << "point reads only, so that a cache can watch them";
}

TEST_F(PrincipalPoliciesTest, FollowTheDefaultVersion) {
  constexpr char kNewer[] = R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})";
  Apply([&](Directory& directory) {
    ASSERT_THAT(directory.roles.Insert(reader), Succeeds());
    ASSERT_THAT(directory.policies.Insert(limit, kDocument), Succeeds());
    const Entity role{.kind = EntityKind::kRole, .id = reader.id, .name = reader.name};
    ASSERT_THAT(directory.holdings.Attach(role, limit.id), Succeeds());
    ASSERT_THAT(directory.holdings.PutInline(role, "In", kDocument), Succeeds());
    Policy policy = limit;
    ASSERT_THAT(directory.policies.AddVersion(policy, kNewer, true, kNow), Succeeds());
  });
  Attempt attempt(world);
  const auto policies = LoadPrincipalPolicies(attempt.directory, PrincipalType::kAssumedRole, reader.id);
  ASSERT_THAT(policies, Succeeds());
  ASSERT_EQ(policies->identity.size(), 2U);
  EXPECT_EQ(policies->identity[0].id, "role_Reader_In");
  EXPECT_EQ(policies->identity[1].document, kNewer);
  EXPECT_FALSE(policies->boundary);
}

TEST_F(PrincipalPoliciesTest, FailWhenOneIsMissingBecauseItMightDeny) {
  Apply([&](Directory& directory) {
    ASSERT_THAT(directory.users.Insert(eve), Succeeds());
    ASSERT_THAT(directory.holdings.Attach(EntityOf(eve), "ANPAGONE"), Succeeds());
  });
  Attempt attempt(world);
  EXPECT_THAT(LoadPrincipalPolicies(attempt.directory, PrincipalType::kUser, eve.id),
              FailsWith(ErrorCode::kInternalFailure,
                        "The managed policy `ANPAGONE` is in use but missing: is the catalogue of AWS's policies "
                        "complete?"));
}

TEST_F(PrincipalPoliciesTest, AreNoneForRootAndNobodysForNobody) {
  Attempt attempt(world);
  const auto root = LoadPrincipalPolicies(attempt.directory, PrincipalType::kRoot, "123456789012");
  ASSERT_THAT(root, Succeeds());
  EXPECT_THAT(root->identity, IsEmpty());
  for (const PrincipalType type : {PrincipalType::kUser, PrincipalType::kAssumedRole, PrincipalType::kFederatedUser}) {
    EXPECT_THAT(LoadPrincipalPolicies(attempt.directory, type, "AIDANOBODY"),
                FailsWith(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity."));
  }
}

TEST_F(PrincipalPoliciesTest, OfWhomRootFederatesAreAllOfRoots) {
  Attempt attempt(world);
  const auto policies = LoadPrincipalPolicies(attempt.directory, PrincipalType::kFederatedUser, "123456789012");
  ASSERT_THAT(policies, Succeeds());
  ASSERT_EQ(policies->identity.size(), 1U);
  EXPECT_TRUE(policy::Parse(policies->identity.front().document, policy::Kind::kInline).ok());
  EXPECT_FALSE(policies->boundary.has_value());
  EXPECT_THAT(LoadPrincipalPolicies(attempt.directory, PrincipalType::kFederatedUser, "210987654321"),
              FailsWith(ErrorCode::kNoSuchEntity, "Unable to retrieve specified IAM entity."));
}

// Runs both changes on the same state; whether the second could still be applied after the first.
template <class First, class Second>
bool BothApply(World& world, First first, Second second) {
  auto other_reader = std::move(*world.store->NewReader());
  std::swap(world.reader, other_reader);
  Attempt late(world);
  second(late.directory);
  std::swap(world.reader, other_reader);
  Attempt early(world);
  first(early.directory);
  EXPECT_TRUE(early.Commit());
  return late.Commit();
}

TEST_F(Conflicts, AreNoneBetweenChangesOfDifferentPeople) {
  const User bob{.id = "AIDABOB", .path = "/", .name = "Bob", .created = kNow};
  Apply([&](Directory& directory) {
    ASSERT_THAT(directory.users.Insert(eve), Succeeds());
    ASSERT_THAT(directory.users.Insert(bob), Succeeds());
    ASSERT_THAT(directory.groups.Insert(ops), Succeeds());
    ASSERT_THAT(directory.policies.Insert(limit, kDocument), Succeeds());
  });
  EXPECT_TRUE(BothApply(
      world, [&](Directory& directory) { EXPECT_THAT(directory.groups.AddMember(ops, eve), Succeeds()); },
      [&](Directory& directory) { EXPECT_THAT(directory.groups.AddMember(ops, bob), Succeeds()); }));
  EXPECT_TRUE(BothApply(
      world, [&](Directory& directory) { EXPECT_THAT(directory.holdings.Attach(EntityOf(eve), limit.id), Succeeds()); },
      [&](Directory& directory) { EXPECT_THAT(directory.holdings.Attach(EntityOf(bob), limit.id), Succeeds()); }));
  const Role role = reader;
  EXPECT_TRUE(BothApply(
      world, [&](Directory& directory) { EXPECT_THAT(directory.roles.Insert(role), Succeeds()); },
      [&](Directory& directory) {
        EXPECT_THAT(directory.roles.Insert({.id = "AROAB", .path = "/", .name = "B", .trust_policy = "{}"}),
                    Succeeds());
      }));
}

TEST_F(Conflicts, KeepAPolicyFromGoingWhileItIsBeingAttached) {
  Apply([&](Directory& directory) {
    ASSERT_THAT(directory.users.Insert(eve), Succeeds());
    ASSERT_THAT(directory.policies.Insert(limit, kDocument), Succeeds());
  });
  const std::string arn = "arn:aws:iam::123456789012:policy/Limit";
  EXPECT_FALSE(BothApply(
      world,
      [&](Directory& directory) {
        const auto policy = directory.policies.FindByArn(arn);
        EXPECT_THAT(directory.holdings.Attach(EntityOf(eve), (*policy)->id), Succeeds());
      },
      [&](Directory& directory) {
        const auto policy = directory.policies.FindByArn(arn);
        EXPECT_EQ(*directory.holdings.IsUsed((*policy)->id), false);
        EXPECT_THAT(directory.policies.Remove(**policy), Succeeds());
      }));
}

TEST_F(Conflicts, KeepAGroupFromGoingWhileAUserJoins) {
  Apply([&](Directory& directory) {
    ASSERT_THAT(directory.users.Insert(eve), Succeeds());
    ASSERT_THAT(directory.groups.Insert(ops), Succeeds());
  });
  EXPECT_FALSE(BothApply(
      world,
      [&](Directory& directory) {
        EXPECT_EQ(*directory.groups.HasMembers(*directory.groups.Get("ops")), false);
        EXPECT_THAT(directory.groups.Remove(ops), Succeeds());
      },
      [&](Directory& directory) {
        EXPECT_THAT(directory.groups.AddMember(*directory.groups.Get("ops"), eve), Succeeds());
      }));
}

TEST_F(Accounts, AreFoundAndListedByNumber) {
  Attempt attempt(world);
  ASSERT_THAT(InsertAccount(attempt.transaction(), {.id = kOtherAccount, .created = kNow}), Succeeds());
  ASSERT_THAT(InsertAccount(attempt.transaction(), {.id = kAccount, .created = kNow}), Succeeds());
  EXPECT_THAT(InsertAccount(attempt.transaction(), {.id = kAccount, .created = kNow}),
              FailsWith(ErrorCode::kEntityAlreadyExists, "Account 123456789012 already exists."));
  ASSERT_TRUE(attempt.Commit());
  Attempt later(world);
  const auto accounts = ListAccounts(later.transaction());
  ASSERT_THAT(accounts, Succeeds());
  ASSERT_EQ(accounts->size(), 2U);
  EXPECT_EQ((*accounts)[0].id, kAccount);
  EXPECT_EQ((*accounts)[1].created, kNow);
  EXPECT_EQ(*FindAccount(later.transaction(), *AccountId::Parse("000000000001")), std::nullopt);
}

TEST_F(SealingKeys, AreMadeOnceAndOpenOnlyWithTheirMasterKey) {
  const crypto::Secret master(std::string(32, 'm'));
  const auto first = LoadSealingKeys(*world.store, master, world.random, kNow);
  ASSERT_THAT(first, Succeeds());
  const std::string box = first->sessions.Seal("context", "text", world.random);
  const auto second = LoadSealingKeys(*world.store, master, world.random, kNow);
  ASSERT_THAT(second, Succeeds());
  EXPECT_EQ(second->sessions.Open("context", box)->Reveal(), "text");
  EXPECT_FALSE(second->secrets.Open("context", box)) << "each purpose has its own";
  EXPECT_THAT(LoadSealingKeys(*world.store, crypto::Secret(std::string(32, 'x')), world.random, kNow),
              FailsWith(ErrorCode::kInternalFailure,
                        "the master key does not open the keys in this store: give the one that it was made with"));
}

TEST_F(DirectoryTest, KeepsSecretsSealedAndBoundToTheirKey) {
  const AccessKey key{.id = "AKIAONE", .owner = "AIDAEVE", .secret = crypto::Secret("very secret text")};
  Apply([&](Directory& directory) { ASSERT_THAT(directory.access_keys.Insert(key), Succeeds()); });
  ASSERT_TRUE(world.reader->Refresh().ok());
  ASSERT_TRUE(world.reader
                  ->Scan("", "",
                         [](std::string_view, const store::Entry& entry) {
                           EXPECT_EQ(entry.value.find("very secret"), std::string_view::npos);
                           return true;
                         })
                  .ok());
  Attempt attempt(world);
  EXPECT_EQ((*attempt.directory.access_keys.Find("AKIAONE"))->secret.Reveal(), "very secret text");
  // Another key's record in its place does not open.
  const auto record = *attempt.transaction().Get("123456789012/access-key/AKIAONE");
  attempt.transaction().Put("123456789012/access-key/AKIATWO", record->value);
  EXPECT_FALSE(attempt.directory.access_keys.Find("AKIATWO").ok());
}

TEST_F(DirectoryTest, RefusesRecordsItCannotRead) {
  Apply([&](Directory& directory) { ASSERT_THAT(directory.users.Insert(eve), Succeeds()); });
  Attempt attempt(world);
  attempt.transaction().Put("123456789012/user/eve", "\x09garbage");
  attempt.transaction().Put("123456789012/holdings/AIDAEVE", "");
  EXPECT_THAT(attempt.directory.users.Find("eve"),
              FailsWith(ErrorCode::kInternalFailure, "The record `123456789012/user/eve` is unreadable."));
  EXPECT_THAT(attempt.directory.users.List("/", "", 10),
              FailsWith(ErrorCode::kInternalFailure, "The record `123456789012/user/eve` is unreadable."));
  EXPECT_THAT(attempt.directory.holdings.Get("AIDAEVE"),
              FailsWith(ErrorCode::kInternalFailure, "The record `123456789012/holdings/AIDAEVE` is unreadable."));
}

}  // namespace
}  // namespace claviger::directory

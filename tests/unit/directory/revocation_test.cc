#include "directory/revocation.h"

#include "aws/caller.h"
#include "unit/directory/directory_fixture.h"

namespace claviger::directory {
namespace {

class RevocationsTest : public testing::Test {
 protected:
  void Revoke(RevocationKind kind, std::string_view what, TimePoint now) {
    Attempt attempt(world);
    ASSERT_THAT(attempt.directory.revocations.Revoke(kind, what, now), Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  std::optional<TimePoint> Find(RevocationKind kind, std::string_view what, AccountId account = kAccount) {
    Attempt attempt(world, account);
    return *attempt.directory.revocations.Find(kind, what);
  }
  std::vector<Revocation> List() {
    Attempt attempt(world);
    return *attempt.directory.revocations.List();
  }

  World world;
};

TEST_F(RevocationsTest, AreKeptByKindAndAccount) {
  Revoke(RevocationKind::kRole, "AROAREADER", kNow);
  EXPECT_EQ(Find(RevocationKind::kRole, "AROAREADER"), kNow);
  EXPECT_EQ(Find(RevocationKind::kUser, "AROAREADER"), std::nullopt);
  EXPECT_EQ(Find(RevocationKind::kRole, "AROAREADE"), std::nullopt);
  EXPECT_EQ(Find(RevocationKind::kRole, "AROAREADER", kOtherAccount), std::nullopt);
}

TEST_F(RevocationsTest, NeverMoveBack) {
  Revoke(RevocationKind::kRole, "AROAREADER", kNow);
  Revoke(RevocationKind::kRole, "AROAREADER", kNow - std::chrono::seconds(1));
  EXPECT_EQ(Find(RevocationKind::kRole, "AROAREADER"), kNow);
  Revoke(RevocationKind::kRole, "AROAREADER", kNow + std::chrono::microseconds(1));
  EXPECT_EQ(Find(RevocationKind::kRole, "AROAREADER"), kNow + std::chrono::microseconds(1));
}

TEST_F(RevocationsTest, AreListedByKind) {
  Revoke(RevocationKind::kSourceIdentity, "Dana", kNow);
  Revoke(RevocationKind::kAccessKey, "AKIABOB", kNow);
  Revoke(RevocationKind::kUser, "AIDABOB", kNow);
  Revoke(RevocationKind::kRole, "AROAREADER", kNow);
  std::vector<std::string> listed;
  for (const Revocation& revocation : List()) {
    listed.push_back(std::string(NameOf(revocation.kind)) + " " + revocation.what);
  }
  EXPECT_THAT(listed,
              testing::ElementsAre("role AROAREADER", "user AIDABOB", "access-key AKIABOB", "source-identity Dana"));
}

TEST_F(RevocationsTest, AreForgottenOnceNoSessionCanBeOlder) {
  Revoke(RevocationKind::kUser, "AIDABOB", kNow);
  Revoke(RevocationKind::kUser, "AIDAEVE", kNow + kSessionDurationMax);
  EXPECT_EQ(List().size(), 2U);
  Revoke(RevocationKind::kUser, "AIDAEVE", kNow + kSessionDurationMax + std::chrono::seconds(1));
  EXPECT_EQ(List().size(), 1U);
  EXPECT_EQ(Find(RevocationKind::kUser, "AIDABOB"), std::nullopt);
}

}  // namespace
}  // namespace claviger::directory

#include "directory/sealing_keys.h"

#include "unit/directory/directory_fixture.h"

namespace claviger::directory {
namespace {

class SealingKeysTest : public testing::Test {
 protected:
  Keys Load(TimePoint now) {
    auto keys = LoadSealingKeys(*world.store, master, world.random, now);
    EXPECT_THAT(keys, Succeeds());
    return *std::move(keys);
  }
  void Rotate(TimePoint now, OldKeys old_keys = OldKeys::kUntilTokensExpire) {
    Attempt attempt(world);
    ASSERT_THAT(RotateSessionKeys(attempt.transaction(), master, world.random, now, old_keys), Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  std::vector<std::uint32_t> Ids() {
    Attempt attempt(world);
    std::vector<std::uint32_t> ids;
    const auto infos = ListSessionKeys(attempt.transaction());
    for (const SealingKeyInfo& info : *infos) ids.push_back(info.id);
    return ids;
  }

  World world;
  crypto::Secret master{std::string(32, 'm')};
};

TEST_F(SealingKeysTest, ANewSessionKeySealsAndTheOldOneOpens) {
  const std::string old_box = Load(kNow).sessions.Seal("c", "text", world.random);
  Rotate(kNow);
  const Keys keys = Load(kNow);
  EXPECT_EQ(keys.sessions.Open("c", old_box)->Reveal(), "text");
  EXPECT_NE(keys.sessions.Seal("c", "text", world.random).substr(0, 4), old_box.substr(0, 4));
}

TEST_F(SealingKeysTest, AnOldSessionKeyGoesWhenItsLastTokenHasExpired) {
  Load(kNow);
  Rotate(kNow);
  Rotate(kNow + std::chrono::hours(1));
  EXPECT_THAT(Ids(), testing::ElementsAre(1, 2, 3));
  Load(kNow + kSessionKeyKept);
  EXPECT_THAT(Ids(), testing::ElementsAre(1, 2, 3));
  Load(kNow + kSessionKeyKept + std::chrono::seconds(1));
  EXPECT_THAT(Ids(), testing::ElementsAre(2, 3));
  Rotate(kNow + kSessionKeyKept + std::chrono::hours(2));
  EXPECT_THAT(Ids(), testing::ElementsAre(3, 4));
}

TEST_F(SealingKeysTest, OldSessionKeysGoAtOnceWhenTheyAreToldTo) {
  const std::string old_box = Load(kNow).sessions.Seal("c", "text", world.random);
  Rotate(kNow, OldKeys::kDelete);
  EXPECT_THAT(Ids(), testing::ElementsAre(2));
  EXPECT_FALSE(Load(kNow).sessions.Open("c", old_box).has_value());
}

}  // namespace
}  // namespace claviger::directory

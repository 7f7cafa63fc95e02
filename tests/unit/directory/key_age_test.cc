#include "directory/key_age.h"

#include "unit/directory/directory_fixture.h"

namespace claviger::directory {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr KeyAgeRule kRule{
    .max = days(90), .action = KeyAgeAction::kDeactivate, .warn_before = days(14), .since = kNow - days(365)};

KeyAgeJudgement JudgeOld(std::chrono::seconds age, const KeyAgeRule& rule = kRule, std::string_view owner = "AIDABOB") {
  const KeyAges key{.owner = owner, .created = kNow - age, .status_changed = kNow - age};
  return JudgeKeyAge(key, rule, kNow);
}

TEST(JudgeKeyAge, WarnsBeforeAKeyIsTooOld) {
  EXPECT_EQ(JudgeOld(days(76) - hours(1)).standing, KeyStanding::kFine);
  EXPECT_EQ(JudgeOld(days(76)).standing, KeyStanding::kDueSoon);
  EXPECT_EQ(JudgeOld(days(90) - hours(1)).standing, KeyStanding::kDueSoon);
  EXPECT_EQ(JudgeOld(days(90)).standing, KeyStanding::kOverdue);
  EXPECT_EQ(JudgeOld(days(80)).due, kNow + days(10));
  EXPECT_EQ(JudgeOld(days(80)).deactivation, kNow + days(10));
}

TEST(JudgeKeyAge, SaysNothingWhereNothingWasLaidDownAndOfInactiveKeys) {
  EXPECT_EQ(JudgeOld(days(1000), KeyAgeRule()).standing, KeyStanding::kFine);
  EXPECT_FALSE(JudgeOld(days(1000), KeyAgeRule()).due);
  const KeyAges off{.owner = "AIDABOB",
                    .status = CredentialStatus::kInactive,
                    .created = kNow - days(1000),
                    .status_changed = kNow - days(1)};
  EXPECT_EQ(JudgeKeyAge(off, kRule, kNow).standing, KeyStanding::kFine);
  EXPECT_FALSE(JudgeKeyAge(off, kRule, kNow).deactivation);
}

TEST(JudgeKeyAge, OnlyWarnsUnlessToldOtherwise) {
  KeyAgeRule rule = kRule;
  rule.action = KeyAgeAction::kWarn;
  EXPECT_EQ(JudgeOld(days(100), rule).standing, KeyStanding::kOverdue);
  EXPECT_FALSE(JudgeOld(days(100), rule).deactivation);
}

TEST(JudgeKeyAge, SparesRootUnlessToldOtherwise) {
  EXPECT_EQ(JudgeOld(days(100), kRule, kRootOwner).standing, KeyStanding::kOverdue);
  EXPECT_FALSE(JudgeOld(days(100), kRule, kRootOwner).deactivation);
  KeyAgeRule rule = kRule;
  rule.root = true;
  EXPECT_TRUE(JudgeOld(days(100), rule, kRootOwner).deactivation);
}

TEST(JudgeKeyAge, GivesNoticeOfANewRule) {
  KeyAgeRule rule = kRule;
  rule.since = kNow;
  EXPECT_EQ(JudgeOld(days(1000), rule).deactivation, kNow + days(14));
  EXPECT_EQ(JudgeOld(days(1000), rule).standing, KeyStanding::kOverdue);
  rule.warn_before = std::chrono::seconds(0);
  EXPECT_EQ(JudgeOld(days(1000), rule).deactivation, kNow + days(1));
}

TEST(JudgeKeyAge, GivesTimeToAKeyThatSomebodyHasMadeActiveAgain) {
  const KeyAges key{.owner = "AIDABOB", .created = kNow - days(100), .status_changed = kNow - days(1)};
  EXPECT_EQ(JudgeKeyAge(key, kRule, kNow).standing, KeyStanding::kOverdue);
  EXPECT_EQ(JudgeKeyAge(key, kRule, kNow).deactivation, kNow + days(13));
}

TEST(SpanText, TakesTheLargestUnitThatFits) {
  EXPECT_EQ(SpanText(days(90)), "90d");
  EXPECT_EQ(SpanText(hours(36)), "36h");
  EXPECT_EQ(SpanText(std::chrono::minutes(90)), "90m");
  EXPECT_EQ(SpanText(std::chrono::seconds(61)), "61s");
  EXPECT_EQ(SpanText(std::chrono::seconds(0)), "0s");
}

TEST(KeyAgeRule, OfTheAccountComesBeforeTheInstallations) {
  World world;
  {
    Attempt attempt(world);
    EXPECT_FALSE(GetKeyAgeRule(attempt.directory.context).value().limits());
    ASSERT_TRUE(PutDefaultKeyAgeRule(attempt.directory.context.transaction, kRule).ok());
    ASSERT_TRUE(attempt.Commit());
  }
  KeyAgeRule own = kRule;
  own.max = days(30);
  own.root = true;
  {
    Attempt attempt(world);
    EXPECT_EQ(GetKeyAgeRule(attempt.directory.context).value(), kRule);
    ASSERT_TRUE(attempt.directory.preferences.SetAlias("company").ok());
    ASSERT_TRUE(attempt.directory.preferences.SetKeyAge(own).ok());
    ASSERT_TRUE(attempt.Commit());
  }
  {
    Attempt attempt(world);
    EXPECT_EQ(GetKeyAgeRule(attempt.directory.context).value(), own);
    EXPECT_EQ(attempt.directory.preferences.Get().value().alias, "company");
    ASSERT_TRUE(attempt.directory.preferences.SetKeyAge(KeyAgeRule()).ok());
    EXPECT_FALSE(GetKeyAgeRule(attempt.directory.context).value().limits());
    ASSERT_TRUE(attempt.directory.preferences.SetKeyAge(std::nullopt).ok());
    EXPECT_EQ(GetKeyAgeRule(attempt.directory.context).value(), kRule);
  }
}

TEST(KeyAgeRule, ThatSaysTheSameStaysAsOldAsItIs) {
  World world;
  Attempt attempt(world);
  KeyAgeRule again = kRule;
  again.since = kNow;
  ASSERT_TRUE(attempt.directory.preferences.SetKeyAge(kRule).ok());
  ASSERT_TRUE(attempt.directory.preferences.SetKeyAge(again).ok());
  EXPECT_EQ(GetKeyAgeRule(attempt.directory.context).value().since, kRule.since);
  ASSERT_TRUE(PutDefaultKeyAgeRule(attempt.directory.context.transaction, kRule).ok());
  ASSERT_TRUE(PutDefaultKeyAgeRule(attempt.directory.context.transaction, again).ok());
  EXPECT_EQ(GetDefaultKeyAgeRule(attempt.directory.context.transaction).value(), kRule);
  again.max = days(80);
  ASSERT_TRUE(attempt.directory.preferences.SetKeyAge(again).ok());
  EXPECT_EQ(GetKeyAgeRule(attempt.directory.context).value().since, kNow);
}

TEST(KeyAgeRule, IsReadOnlyFromWhatWasWritten) {
  EXPECT_EQ(DecodeKeyAgeRule(EncodeKeyAgeRule(kRule)), kRule);
  EXPECT_FALSE(DecodeKeyAgeRule("\x02"));
}

TEST(AccessKeys, AreListedPageByPageWithoutTheirSecrets) {
  World world;
  Attempt attempt(world);
  for (const char* id : {"AKIA1", "AKIA2", "AKIA3"}) {
    ASSERT_TRUE(attempt.directory.access_keys
                    .Insert({.id = id,
                             .owner = id == std::string_view("AKIA3") ? "AIDAEVE" : "AIDABOB",
                             .created = kNow,
                             .status_changed = kNow,
                             .secret = crypto::Secret("secret")})
                    .ok());
  }
  const auto first = attempt.directory.access_keys.ListAll("", 2).value();
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first.front().id, "AKIA1");
  EXPECT_EQ(first.front().owner, "AIDABOB");
  EXPECT_EQ(first.front().created, kNow);
  const auto rest = attempt.directory.access_keys.ListAll("AKIA2", 2).value();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest.front().owner, "AIDAEVE");
}

}  // namespace
}  // namespace claviger::directory

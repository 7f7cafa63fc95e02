#include "cli/key_rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace claviger::cli {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;

const TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + hours(12);
const RotationRules kRules{.quiet_for = hours(24), .grace = hours(48)};

KeyState Old() { return {.id = "AKIAOLD", .created = kNow - hours(9000), .last_used = kNow - hours(100)}; }
KeyState New() { return {.id = "AKIANEW", .created = kNow - hours(90), .last_used = kNow - hours(1)}; }
RotationMemory HandedOver() { return {.old_id = "AKIAOLD", .new_id = "AKIANEW", .handed_over = kNow - hours(80)}; }

RotationPlan Plan(const std::vector<KeyState>& keys, const RotationMemory& memory) {
  return PlanRotation(keys, memory, kRules, kNow);
}

TEST(PlanRotation, BeginsWithOneActiveKey) {
  const RotationPlan plan = Plan({Old()}, {});
  EXPECT_EQ(plan.step, RotationStep::kMakeKey);
  EXPECT_EQ(plan.old_id, "AKIAOLD");
  EXPECT_EQ(Plan({Old()}, {.old_id = "AKIAOLD"}).step, RotationStep::kMakeKey);
}

TEST(PlanRotation, LeavesWhatItDidNotBeginToPeople) {
  EXPECT_THAT(Plan({}, {}).why, HasSubstr("no access key"));
  EXPECT_THAT(Plan({Old(), New()}, {}).why, HasSubstr("--retire"));
  KeyState off = Old();
  off.active = false;
  EXPECT_THAT(Plan({off}, {}).why, HasSubstr("Inactive"));
  for (const auto& keys : {std::vector<KeyState>{}, {Old(), New()}, {off}}) {
    EXPECT_EQ(Plan(keys, {}).step, RotationStep::kStuck);
  }
}

TEST(PlanRotation, MakesAKeyAgainWhoseSecretWasLost) {
  RotationMemory memory = HandedOver();
  memory.handed_over.reset();
  KeyState unused = New();
  unused.last_used.reset();
  EXPECT_EQ(Plan({Old(), unused}, memory).step, RotationStep::kRemakeKey);
  // But not one that somebody has after all.
  EXPECT_EQ(Plan({Old(), New()}, memory).step, RotationStep::kStuck);
  // Nor when the one that was made is not the one that is there.
  memory.new_id.clear();
  EXPECT_EQ(Plan({Old(), unused}, memory).step, RotationStep::kStuck);
}

TEST(PlanRotation, WaitsUntilTheNewKeyIsUsed) {
  KeyState unused = New();
  unused.last_used.reset();
  const RotationPlan plan = Plan({Old(), unused}, HandedOver());
  EXPECT_EQ(plan.step, RotationStep::kWaitQuiet);
  EXPECT_EQ(plan.until, std::nullopt);
  RotationRules rules = kRules;
  rules.even_unused = true;
  EXPECT_EQ(PlanRotation({Old(), unused}, HandedOver(), rules, kNow).step, RotationStep::kDeactivate);
  // Nobody used the old one either: nobody will miss it.
  KeyState never = Old();
  never.last_used.reset();
  EXPECT_EQ(Plan({never, unused}, HandedOver()).step, RotationStep::kDeactivate);
}

TEST(PlanRotation, CountsTheQuietFromTheLatestUseThatIsNotOnRecord) {
  KeyState old = Old();
  old.last_used = kNow - hours(24) - minutes(14);
  const RotationPlan plan = Plan({old, New()}, HandedOver());
  EXPECT_EQ(plan.step, RotationStep::kWaitQuiet);
  EXPECT_EQ(plan.until, kNow + minutes(1));
  old.last_used = kNow - hours(24) - minutes(15);
  EXPECT_EQ(Plan({old, New()}, HandedOver()).step, RotationStep::kDeactivate);
}

TEST(PlanRotation, CountsTheQuietFromTheHandOverAtTheEarliest) {
  RotationMemory memory = HandedOver();
  memory.handed_over = kNow - hours(23);
  EXPECT_EQ(Plan({Old(), New()}, memory).until, kNow + hours(1));
}

TEST(PlanRotation, DeactivatesAtOnceWhereNoQuietIsAskedFor) {
  KeyState old = Old();
  old.last_used = kNow;
  EXPECT_EQ(PlanRotation({old, New()}, HandedOver(), {}, kNow).step, RotationStep::kDeactivate);
}

TEST(PlanRotation, DeletesAfterTheGrace) {
  KeyState old = Old();
  old.active = false;
  RotationMemory memory = HandedOver();
  memory.deactivated = kNow - hours(47);
  const RotationPlan plan = Plan({old, New()}, memory);
  EXPECT_EQ(plan.step, RotationStep::kWatch);
  EXPECT_EQ(plan.until, kNow + hours(1));
  memory.deactivated = kNow - hours(48);
  EXPECT_EQ(Plan({old, New()}, memory).step, RotationStep::kDelete);
  // Somebody else made it Inactive: the grace begins now.
  memory.deactivated.reset();
  EXPECT_EQ(Plan({old, New()}, memory).until, kNow + hours(48));
}

TEST(PlanRotation, NeverTakesTheLastActiveKey) {
  KeyState off = New();
  off.active = false;
  KeyState old = Old();
  EXPECT_EQ(Plan({old, off}, HandedOver()).step, RotationStep::kStuck);
  old.active = false;
  EXPECT_EQ(Plan({old, off}, HandedOver()).step, RotationStep::kStuck);
  EXPECT_EQ(Plan({old}, HandedOver()).step, RotationStep::kStuck);
}

TEST(PlanRotation, IsDoneOnceTheOldKeyIsGone) {
  EXPECT_EQ(Plan({New()}, HandedOver()).step, RotationStep::kDone);
  EXPECT_EQ(Plan({}, HandedOver()).step, RotationStep::kStuck);
}

TEST(RotationMemory, ComesBackAsItWas) {
  RotationMemory memory = HandedOver();
  memory.deactivated = kNow;
  const auto back = DecodeMemory(EncodeMemory(memory));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->old_id, memory.old_id);
  EXPECT_EQ(back->new_id, memory.new_id);
  EXPECT_EQ(back->handed_over, memory.handed_over);
  EXPECT_EQ(back->deactivated, memory.deactivated);
  EXPECT_EQ(EncodeMemory({.old_id = "AKIAOLD"}), "{\"version\":1,\"old\":\"AKIAOLD\"}\n");
}

TEST(RotationMemory, RefusesTheRest) {
  for (const char* text :
       {"", "{}", "[]", R"({"version":2,"old":"A"})", R"({"version":1})", R"({"version":1,"old":1})"}) {
    EXPECT_FALSE(DecodeMemory(text)) << text;
  }
}

}  // namespace
}  // namespace claviger::cli

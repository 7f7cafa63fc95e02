#include "cli/audit_journal.h"

#include <gtest/gtest.h>

namespace claviger::cli {
namespace {

const TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + std::chrono::hours(12);

TEST(ParseSince, TakesTimesDaysAndSpans) {
  EXPECT_EQ(*ParseSince("2026-11-25T12:00:00Z", TimePoint()), kNow);
  EXPECT_EQ(*ParseSince("2026-11-25", TimePoint()), kNow - std::chrono::hours(12));
  EXPECT_EQ(*ParseSince("90s", kNow), kNow - std::chrono::seconds(90));
  EXPECT_EQ(*ParseSince("15m", kNow), kNow - std::chrono::minutes(15));
  EXPECT_EQ(*ParseSince("12h", kNow), kNow - std::chrono::hours(12));
  EXPECT_EQ(*ParseSince("30d", kNow), kNow - std::chrono::days(30));
}

TEST(ParseSince, RefusesTheRest) {
  for (const char* text : {"", "h", "12", "12w", "12hh", "-1h", "yesterday", "99999999999h"}) {
    EXPECT_FALSE(ParseSince(text, kNow).ok()) << text;
  }
}

TEST(Printable, LeavesNothingThatATerminalObeys) { EXPECT_EQ(Printable("a\x1B[2Jb\r\xC3\xA9"), "a?[2Jb?\xC3\xA9"); }

TEST(RecordText, FollowsAPath) {
  const auto record = codec::ParseJson(R"({"a":{"b":{"c":"text"},"n":null},"d":1})");
  EXPECT_EQ(RecordText(record->root(), "a.b.c"), "text");
  for (const char* path : {"a.b", "a.x.c", "a.n.c", "d", "a.b.c.d"})
    EXPECT_EQ(RecordText(record->root(), path), "") << path;
}

}  // namespace
}  // namespace claviger::cli

#include "base/time_text.h"

#include <gtest/gtest.h>

namespace claviger {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

const TimePoint kTime = TimePoint(seconds(1795334400)) + microseconds(123456);  // 2026-11-22 08:00:00.

TEST(TimeText, WritesEveryFormOfAws) {
  EXPECT_EQ(FormatIso8601(kTime), "2026-11-22T08:00:00Z");
  EXPECT_EQ(FormatIso8601Millis(kTime), "2026-11-22T08:00:00.123Z");
  EXPECT_EQ(FormatIso8601Basic(kTime), "20261122T080000Z");
  EXPECT_EQ(FormatHttpDate(kTime), "Sun, 22 Nov 2026 08:00:00 GMT");
}

TEST(TimeText, ReadsBackWhatItWrites) {
  const TimePoint whole = std::chrono::floor<seconds>(kTime);
  EXPECT_EQ(ParseIso8601("2026-11-22T08:00:00Z"), whole);
  EXPECT_EQ(ParseIso8601("2026-11-22T08:00:00.123456Z"), kTime);
  EXPECT_EQ(ParseIso8601("2026-11-22T10:00:00+02:00"), whole);
  EXPECT_EQ(ParseIso8601("2026-11-22T03:30:00-04:30"), whole);
  EXPECT_EQ(ParseIso8601Basic("20261122T080000Z"), whole);
  EXPECT_EQ(ParseHttpDate("Sun, 22 Nov 2026 08:00:00 GMT"), whole);
}

TEST(TimeText, RefusesWhatIsNoDate) {
  for (const char* text : {"", "2026-11-22", "2026-13-22T08:00:00Z", "2026-02-30T08:00:00Z", "2026-11-22T24:00:00Z",
                           "2026-11-22T08:00:60Z", "2026-11-22T08:00:00", "2026-11-22T08:00:00.Z",
                           "2026-11-22T08:00:00.1234567890Z", "2026-11-22T08:00:00Zx", "2026-11-22T08:00:00+1"}) {
    EXPECT_EQ(ParseIso8601(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseIso8601Basic("2026-11-22T08:00:00Z"), std::nullopt);
  EXPECT_EQ(ParseHttpDate("Mon, 22 Nov 2026 08:00:00 GMT"), std::nullopt);
}

}  // namespace
}  // namespace claviger

#include "policy/date.h"

#include <gtest/gtest.h>

namespace claviger::policy {
namespace {

TEST(ParseInstant, ReadsDatesOfEveryPrecision) {
  EXPECT_EQ(ParseInstant("1970-01-01T00:00:00Z"), (Instant{0, 0}));
  EXPECT_EQ(ParseInstant("2026-11-22T08:09:10Z"), (Instant{1795334950, 0}));
  EXPECT_EQ(ParseInstant("2026-11-22T08:09:10.5Z"), (Instant{1795334950, 500000000}));
  EXPECT_EQ(ParseInstant("2026-11-22T08:09:10.000000001"), (Instant{1795334950, 1}));
  EXPECT_EQ(ParseInstant("2026-11-22t10:09:10+02:00"), (Instant{1795334950, 0}));
  EXPECT_EQ(ParseInstant("2026-11-22T00:09:10-08:00"), (Instant{1795334950, 0}));
  EXPECT_EQ(ParseInstant("2026-11-22T08:09Z"), (Instant{1795334940, 0}));
  EXPECT_EQ(ParseInstant("2026-11-22"), (Instant{1795305600, 0}));
  EXPECT_EQ(ParseInstant("1970-01"), (Instant{0, 0}));
  EXPECT_EQ(ParseInstant("2000-02-29T00:00:00Z"), (Instant{951782400, 0}));
  EXPECT_EQ(ParseInstant("1969-12-31T23:59:59Z"), (Instant{-1, 0}));
  EXPECT_TRUE(ParseInstant("01T"));
  EXPECT_TRUE(ParseInstant("-292275054"));
}

TEST(ParseInstant, ReadsEpochSeconds) {
  EXPECT_EQ(ParseInstant("1795334950"), (Instant{1795334950, 0}));
  EXPECT_EQ(ParseInstant("9223372036854775807"), (Instant{9223372036854775807, 0}));
  EXPECT_EQ(ParseInstant("9223372036854775808"), std::nullopt);
}

TEST(ParseInstant, RefusesWhatIsNoDate) {
  for (const char* text : {"", "x", "-", "T", "2026-13", "2026-00-01", "2026-02-29", "2026-11-22T24:00:00Z",
                           "2026-11-22T08:60Z", "2026-11-22T08:09:10+1", "2026-11-22T08:09:10.1999999999Z",
                           "2026-11-22T08:09:10Zx", "1 ", "1.5", "2026-11-22-01", "292278994-01", "0x10"}) {
    EXPECT_EQ(ParseInstant(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace claviger::policy

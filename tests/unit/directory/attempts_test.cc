#include "directory/attempts.h"

#include <gtest/gtest.h>

namespace claviger::directory {
namespace {

using std::chrono::seconds;

constexpr TimePoint kStart{seconds(1769860800)};

TEST(Attempts, MakeTheNextWaitLongerAndLonger) {
  Attempts attempts;
  for (int i = 0; i < 4; ++i) attempts = AfterFailure(attempts, kStart);
  EXPECT_FALSE(MustWait(attempts, kStart));
  for (const int wait : {30, 60, 120, 240, 480, 900, 900}) {
    attempts = AfterFailure(attempts, kStart);
    EXPECT_TRUE(MustWait(attempts, kStart + seconds(wait) - std::chrono::microseconds(1))) << wait;
    EXPECT_FALSE(MustWait(attempts, kStart + seconds(wait))) << wait;
  }
  attempts.failures = ~std::uint64_t{0};
  EXPECT_FALSE(MustWait(attempts, kStart + seconds(900)));
}

TEST(Attempts, AreTheSameWhenReadAgain) {
  EXPECT_EQ(EncodeAttempts({}), "");
  const auto read = DecodeAttempts(EncodeAttempts({.failures = 3, .last_failure = kStart}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->failures, 3U);
  EXPECT_EQ(read->last_failure, kStart);
  EXPECT_FALSE(DecodeAttempts("\x07"));
}

}  // namespace
}  // namespace claviger::directory

#include "base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace claviger {
namespace {

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10000; ++i) EXPECT_TRUE(seen.insert(random.Uint64()).second);
}

TEST(SeededRandom, GivesTheSameBytesForTheSameSeed) {
  SeededRandom a(42);
  SeededRandom b(42);
  SeededRandom c(43);
  EXPECT_EQ(a.Uint64(), b.Uint64());
  EXPECT_NE(a.Uint64(), c.Uint64());
}

TEST(Random, WritesUuidsAsTheRfcPrintsVersionFour) {
  SeededRandom random(1);
  for (int i = 0; i < 100; ++i) {
    EXPECT_THAT(random.Uuid(),
                testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  }
}

}  // namespace
}  // namespace claviger

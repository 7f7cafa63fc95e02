#include "base/bounded_cache.h"

#include <gtest/gtest.h>

namespace claviger {
namespace {

TEST(BoundedCache, FindsWhatWasInserted) {
  BoundedCache<int> cache(4);
  EXPECT_EQ(cache.Find("a"), nullptr);
  cache.Insert("a", 1);
  ASSERT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(*cache.Find("a"), 1);
  cache.Insert("a", 2);
  EXPECT_EQ(*cache.Find("a"), 2);
  cache.Erase("a");
  EXPECT_EQ(cache.Find("a"), nullptr);
}

TEST(BoundedCache, NeverHoldsMoreThanTwiceItsCapacity) {
  BoundedCache<int> cache(8);
  for (int i = 0; i < 1000; ++i) {
    cache.Insert(std::to_string(i), i);
    EXPECT_LE(cache.size(), 16);
  }
}

TEST(BoundedCache, KeepsWhatIsInUse) {
  BoundedCache<int> cache(8);
  cache.Insert("hot", 7);
  for (int i = 0; i < 1000; ++i) {
    cache.Insert(std::to_string(i), i);
    ASSERT_NE(cache.Find("hot"), nullptr) << i;
  }
}

TEST(BoundedCache, ReplacesAValueOfTheOldGeneration) {
  BoundedCache<int> cache(1);
  cache.Insert("a", 1);
  cache.Insert("b", 2);  // "a" is old now.
  cache.Insert("a", 3);
  EXPECT_EQ(*cache.Find("a"), 3);
}

}  // namespace
}  // namespace claviger

#include "sigv4/signing_key_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace claviger::sigv4 {
namespace {

SigningKey KeyOf(std::uint8_t seed) {
  crypto::Digest raw{};
  raw[0] = seed;
  return SigningKey(raw);
}

constexpr SigningKeyCache::Id kId{"AKID", 1, "20261122", "us-east-1", "sts"};

bool Holds(SigningKeyCache& cache, const SigningKeyCache::Id& id, std::uint8_t seed) {
  const SigningKey* const key = cache.Find(id);
  return key != nullptr && key->Sign("x") == KeyOf(seed).Sign("x");
}

TEST(SigningKeyCache, FindsWhatWasInserted) {
  SigningKeyCache cache(4);
  EXPECT_EQ(cache.Find(kId), nullptr);
  {
    std::string access_key_id = "AKID";  // The cache keeps its own copy.
    SigningKeyCache::Id id = kId;
    id.access_key_id = access_key_id;
    cache.Insert(id, KeyOf(1));
    access_key_id = "????";
  }
  EXPECT_TRUE(Holds(cache, kId, 1));
}

TEST(SigningKeyCache, TellsEveryPartOfTheIdApart) {
  SigningKeyCache cache(4);
  cache.Insert(kId, KeyOf(1));
  for (const SigningKeyCache::Id& other : {SigningKeyCache::Id{"AKIE", 1, "20261122", "us-east-1", "sts"},
                                           SigningKeyCache::Id{"AKID", 2, "20261122", "us-east-1", "sts"},
                                           SigningKeyCache::Id{"AKID", 1, "20261123", "us-east-1", "sts"},
                                           SigningKeyCache::Id{"AKID", 1, "20261122", "us-east-2", "sts"},
                                           SigningKeyCache::Id{"AKID", 1, "20261122", "us-east-1", "iam"},
                                           SigningKeyCache::Id{"AKID2", 1, "0261122", "us-east-1", "sts"},
                                           SigningKeyCache::Id{"AKID", 1, "20261122", "us-east-1s", "ts"}}) {
    EXPECT_EQ(cache.Find(other), nullptr);
  }
}

TEST(SigningKeyCache, ReplacesAKeyOfTheSameId) {
  SigningKeyCache cache(4);
  cache.Insert(kId, KeyOf(1));
  cache.Insert(kId, KeyOf(2));
  EXPECT_TRUE(Holds(cache, kId, 2));
  EXPECT_EQ(cache.size(), 1U);
}

TEST(SigningKeyCache, ForgetsTheLeastRecentlyUsed) {
  SigningKeyCache cache(3);
  const auto id = [](std::uint64_t version) {
    SigningKeyCache::Id other = kId;
    other.version = version;
    return other;
  };
  for (std::uint8_t i = 1; i <= 3; ++i) cache.Insert(id(i), KeyOf(i));
  EXPECT_TRUE(Holds(cache, id(1), 1));
  cache.Insert(id(4), KeyOf(4));
  EXPECT_EQ(cache.Find(id(2)), nullptr);
  EXPECT_TRUE(Holds(cache, id(1), 1));
  EXPECT_TRUE(Holds(cache, id(3), 3));
  EXPECT_TRUE(Holds(cache, id(4), 4));
  EXPECT_EQ(cache.size(), 3U);
}

TEST(SigningKeyCache, StaysBounded) {
  SigningKeyCache cache(16);
  for (int i = 0; i < 1000; ++i) {
    const std::string region = "region-" + std::to_string(i);
    SigningKeyCache::Id id = kId;
    id.region = region;
    cache.Insert(id, KeyOf(7));
    EXPECT_TRUE(Holds(cache, id, 7));
    EXPECT_LE(cache.size(), 16U);
  }
  cache.Clear();
  EXPECT_EQ(cache.size(), 0U);
}

}  // namespace
}  // namespace claviger::sigv4

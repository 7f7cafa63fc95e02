#include "lint/glob.h"

#include <gtest/gtest.h>

namespace claviger::lint {
namespace {

TEST(Covers, KnowsWiderPatterns) {
  EXPECT_TRUE(Covers("*", "s3:Get*"));
  EXPECT_TRUE(Covers("s3:*", "s3:Get*"));
  EXPECT_TRUE(Covers("s3:Get*", "s3:GetObject"));
  EXPECT_TRUE(Covers("s3:?et", "s3:Get"));
  EXPECT_TRUE(Covers("a?", "a?"));
  EXPECT_TRUE(Covers("", ""));
  EXPECT_FALSE(Covers("s3:Get*", "s3:*"));
  EXPECT_FALSE(Covers("s3:Get?", "s3:Get*"));
  EXPECT_FALSE(Covers("a", "?"));
  EXPECT_FALSE(Covers("", "*"));
}

TEST(MayOverlap, KnowsWhetherOneTextFitsBoth) {
  EXPECT_TRUE(MayOverlap("a*", "*b"));
  EXPECT_TRUE(MayOverlap("arn:aws:iam::*:user/bob", "arn:*:iam::*:user/*"));
  EXPECT_TRUE(MayOverlap("*", ""));
  EXPECT_TRUE(MayOverlap("?", "a"));
  EXPECT_TRUE(MayOverlap("**", "*x*"));
  EXPECT_FALSE(MayOverlap("ab", "a"));
  EXPECT_FALSE(MayOverlap("?", ""));
  EXPECT_FALSE(MayOverlap("a*c", "*b"));
}

TEST(ArnsMayOverlap, ComparesPartByPart) {
  EXPECT_TRUE(ArnsMayOverlap("arn:aws:iam::111122223333:user/*", "arn:*:iam::*:user/*"));
  EXPECT_TRUE(ArnsMayOverlap("arn:aws:iam::*", "arn:*:iam::*:user/*"));
  EXPECT_TRUE(ArnsMayOverlap("*", "arn:*:iam::*:user/*"));
  EXPECT_FALSE(ArnsMayOverlap("arn:aws:iam::*:role/*", "arn:*:iam::*:user/*"));
  EXPECT_FALSE(ArnsMayOverlap("arn:aws:s3:::*", "arn:*:iam::*:user/*"));
}

TEST(VariablesAsRuns, ReplacesEach) {
  EXPECT_EQ(VariablesAsRuns("home/${aws:username}/${x}"), "home/*/*");
  EXPECT_EQ(VariablesAsRuns("${open"), "${open");
}

TEST(Distance, CountsChanges) {
  EXPECT_EQ(Distance("iam:CreateUser", "IAM:createuser"), 0U);
  EXPECT_EQ(Distance("iam:CreteUser", "iam:CreateUser"), 1U);
  EXPECT_EQ(Distance("", "abc"), 3U);
  EXPECT_EQ(Distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace claviger::lint

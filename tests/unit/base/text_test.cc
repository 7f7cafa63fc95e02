#include "base/text.h"

#include <gtest/gtest.h>

namespace claviger {
namespace {

TEST(AsciiLower, ChangesAsciiLettersOnly) {
  EXPECT_EQ(AsciiLower("AZaz09@[\xc3\x84"), "azaz09@[\xc3\x84");
  EXPECT_EQ(AsciiLower(""), "");
}

TEST(EqualsIgnoreCase, IgnoresTheCaseOfAsciiLetters) {
  EXPECT_TRUE(EqualsIgnoreCase("Host", "hOST"));
  EXPECT_FALSE(EqualsIgnoreCase("Host", "Hosts"));
  EXPECT_FALSE(EqualsIgnoreCase("[", "{"));  // They differ in the same bit as letters do.
}

}  // namespace
}  // namespace claviger

#include "http/grammar.h"

#include <gtest/gtest.h>

#include <string>

namespace claviger::http {
namespace {

// Whatever a character's neighbours are, it counts as the table says.
TEST(Grammar, JudgesLongTextsAsTheTableDoes) {
  for (const char* filling :
       {"aaaaaaaaaaaaaaaaaaa", "!!!!!!!!!!!!!!!!!!!", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"}) {
    for (std::size_t place = 0; place < std::string_view(filling).size(); ++place) {
      for (int c = 0; c < 256; ++c) {
        std::string text = filling;
        text[place] = static_cast<char>(c);
        EXPECT_EQ(IsHeaderValue(text), All(text, kValueCharacter)) << place << " " << c;
        EXPECT_EQ(IsTarget(text), All(text, kTargetCharacter)) << place << " " << c;
      }
    }
  }
}

TEST(Grammar, KnowsItsClasses) {
  EXPECT_TRUE(IsToken("X-Amz_Date!#$%&'*+.^`|~09"));
  for (const std::string_view text : {"", "a b", "a:", "a\t", "a\"", "a(", "a/", "a\x7f", "\xe9"}) {
    EXPECT_FALSE(IsToken(text)) << text;
  }
  EXPECT_TRUE(IsHeaderValue(""));
  EXPECT_FALSE(IsTarget(""));
  EXPECT_TRUE(All("[::1]:443", kHostCharacter));
  EXPECT_FALSE(All("user@host", kHostCharacter));
}

TEST(Grammar, TrimsBlanksOnly) {
  EXPECT_EQ(TrimBlanks(" \t a b\t "), "a b");
  EXPECT_EQ(TrimBlanks(" \t "), "");
  EXPECT_EQ(TrimBlanks("\va\v"), "\va\v");
}

}  // namespace
}  // namespace claviger::http

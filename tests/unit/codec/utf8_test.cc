#include "codec/utf8.h"

#include <gtest/gtest.h>

namespace claviger::codec {
namespace {

TEST(Utf8, AcceptsEveryLengthOfCodePoint) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain ASCII, longer than a block"));
  EXPECT_TRUE(IsUtf8("\xC3\xBC \xE2\x82\xAC \xF0\x9F\xA6\x8A \xF4\x8F\xBF\xBF"));
}

TEST(Utf8, RefusesWhatRfc3629DoesNotAllow) {
  for (const char* text : {"\x80", "\xC3", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
                           "\xF5\x80\x80\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xE2\x28\xA1"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

TEST(Utf8, CountsUtf16CodeUnits) {
  EXPECT_EQ(Utf16Length(""), 0U);
  EXPECT_EQ(Utf16Length("abcdefghij"), 10U);
  EXPECT_EQ(Utf16Length("\xC3\xBC\xE2\x82\xAC"), 2U);
  EXPECT_EQ(Utf16Length("a\xF0\x9F\xA6\x8A"), 3U);
}

TEST(Utf8, DecodesCodePoints) {
  EXPECT_EQ(FirstCodePoint("\xF0\x9F\xA6\x8Ax").value, U'\U0001F98A');
  EXPECT_EQ(FirstCodePoint("\xF0\x9F\xA6\x8Ax").bytes, 4U);
  EXPECT_EQ(FirstCodePoint("\xE2\x82\xAC").value, U'\u20AC');
}

}  // namespace
}  // namespace claviger::codec

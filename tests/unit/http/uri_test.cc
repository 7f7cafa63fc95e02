#include "http/uri.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace claviger::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs Read(std::string_view query) {
  Pairs pairs;
  QueryReader reader(query);
  while (const auto parameter = reader.Next()) pairs.emplace_back(parameter->name, parameter->value);
  return pairs;
}

std::string Decode(std::string_view encoded) {
  std::string text(encoded.size(), '\0');
  text.resize(DecodeQueryTo(encoded, text.data()));
  return text;
}

TEST(QueryReader, GivesParametersInTheOrderSent) {
  EXPECT_EQ(Read("b=1&a=2&b=3"), (Pairs{{"b", "1"}, {"a", "2"}, {"b", "3"}}));
  EXPECT_EQ(Read("a%26b=c%3Dd"), (Pairs{{"a%26b", "c%3Dd"}}));
}

TEST(QueryReader, TakesOddOnes) {
  EXPECT_EQ(Read(""), Pairs{});
  EXPECT_EQ(Read("&&&"), Pairs{});
  EXPECT_EQ(Read("a"), (Pairs{{"a", ""}}));
  EXPECT_EQ(Read("=b&="), (Pairs{{"", "b"}, {"", ""}}));
  EXPECT_EQ(Read("&a=b=c&"), (Pairs{{"a", "b=c"}}));
}

TEST(DecodeQueryTo, DecodesEscapesAndPlus) {
  EXPECT_EQ(Decode("a+b%20c%2Bd%2f"), "a b c+d/");
  EXPECT_EQ(Decode("%00%fF"), std::string("\0\xff", 2));
}

TEST(DecodeQueryTo, LeavesStrayPercentAlone) {
  EXPECT_EQ(Decode("%"), "%");
  EXPECT_EQ(Decode("%4"), "%4");
  EXPECT_EQ(Decode("%zz%4g%%41"), "%zz%4g%A");
}

TEST(DecodesTo, ComparesTheDecodedText) {
  EXPECT_TRUE(DecodesTo("X-Amz-Date", "X-Amz-Date"));
  EXPECT_TRUE(DecodesTo("X%2dAmz%2DDate", "X-Amz-Date"));
  EXPECT_FALSE(DecodesTo("X-Amz-Dat", "X-Amz-Date"));
  EXPECT_FALSE(DecodesTo("X-Amz-Dates", "X-Amz-Date"));
  EXPECT_FALSE(DecodesTo("x-amz-date", "X-Amz-Date"));
  EXPECT_TRUE(DecodesTo("", ""));
}

TEST(IsEncoded, SeesEscapesAndPlus) {
  EXPECT_TRUE(IsEncoded("a%20"));
  EXPECT_TRUE(IsEncoded("a+b"));
  EXPECT_FALSE(IsEncoded("a/b;c"));
}

}  // namespace
}  // namespace claviger::http

#include "cli/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace claviger::cli {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr char kHex[] = "3132333435363738393031323334353637383930";
constexpr char kBase32[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
constexpr char kSeed[] = "12345678901234567890";

std::string Line(std::string serial_number, std::string_view seed, std::string_view more = "\n") {
  return serial_number.append(",").append(seed).append(more);
}

std::string ErrorOf(const std::string& text) {
  const auto parsed = ParseTokenFile(text, seconds(30));
  return parsed.ok() ? "" : parsed.error();
}

TEST(TokenFile, HasALineForEachToken) {
  std::string text("serial number,seed\r\n# a comment\r\n\r\n");
  text += Line("GAHT00000001", kHex, "\r\n");
  text += Line("GAHT00000002 ", kBase32, " , 60\n");
  text += Line("gaht-3@x=+.", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq", "");
  const auto tokens = ParseTokenFile(text, seconds(30));
  ASSERT_TRUE(tokens.ok()) << tokens.error();
  ASSERT_EQ(tokens->size(), 3U);
  EXPECT_EQ(tokens->at(0).serial_number, "GAHT00000001");
  EXPECT_EQ(tokens->at(0).period, seconds(30));
  EXPECT_EQ(tokens->at(1).serial_number, "GAHT00000002");
  EXPECT_EQ(tokens->at(1).period, seconds(60));
  EXPECT_EQ(tokens->at(2).serial_number, "gaht-3@x=+.");
  for (const TokenSeed& token : *tokens) EXPECT_EQ(token.seed.Reveal(), kSeed);
  EXPECT_EQ(ParseTokenFile(Line("GAHT00000001", kHex), seconds(60))->at(0).period, seconds(60));
  EXPECT_TRUE(ParseTokenFile("", seconds(30))->empty());
}

TEST(TokenFile, SaysWhichLineIsWrongAndNeverTheSeed) {
  const std::string good = Line("GAHT00000001", kHex);
  const auto error_after = [&](const std::string& line) { return ErrorOf(std::string(good).append(line)); };
  for (const char* serial : {"short", "arn:aws:iam::123456789012:mfa/eve", "", "with space 1"}) {
    EXPECT_THAT(error_after(Line(serial, kHex)), HasSubstr("line 2: a serial number is")) << serial;
  }
  EXPECT_THAT(ErrorOf(Line(std::string(65, 'a'), kHex)), HasSubstr("line 1: a serial number is"));
  const std::string long_seed(130, 'a');
  for (const std::string_view seed :
       {std::string_view("31323334"), std::string_view("GEZDGNBV"), std::string_view(), std::string_view("!!!"),
        std::string_view(long_seed), std::string_view("1890189018901890189018901890189X")}) {
    EXPECT_EQ(error_after(Line("GAHT00000002", seed)), "line 2: a seed is 16 to 64 bytes in hex or Base32") << seed;
  }
  EXPECT_THAT(error_after(Line("GAHT00000002", kHex, ",45")), HasSubstr("line 2: only a period"));
  EXPECT_THAT(error_after(Line("GAHT00000002", kHex, ",30,x")), HasSubstr("line 2: only a period"));
  EXPECT_EQ(error_after(Line("gaht00000001", kHex)), "line 2: the serial number gaht00000001 stands in the file twice");
  EXPECT_THAT(error_after("seed,seed"), HasSubstr("line 2"));
}

}  // namespace
}  // namespace claviger::cli

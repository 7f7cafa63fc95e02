#include "crypto/totp.h"

#include <gtest/gtest.h>

namespace claviger::crypto {
namespace {

using std::chrono::seconds;

const Secret kSeed(std::string("12345678901234567890"));  // Of RFC 6238, appendix B.

std::string CodeAt(std::int64_t time) {
  return std::string(TotpCode(kSeed, TotpStep(TimePoint(seconds(time)))).Reveal());
}

// RFC 6238, appendix B, the SHA-1 column; the last six of its eight digits.
TEST(Totp, MatchesTheRfcVectors) {
  EXPECT_EQ(CodeAt(59), "287082");
  EXPECT_EQ(CodeAt(1111111109), "081804");
  EXPECT_EQ(CodeAt(1111111111), "050471");
  EXPECT_EQ(CodeAt(1234567890), "005924");
  EXPECT_EQ(CodeAt(2000000000), "279037");
  EXPECT_EQ(CodeAt(20000000000), "353130");
}

TEST(Totp, StepsAreHalfMinutes) {
  EXPECT_EQ(TotpStep(TimePoint(seconds(0))), 0);
  EXPECT_EQ(TotpStep(TimePoint(seconds(29))), 0);
  EXPECT_EQ(TotpStep(TimePoint(seconds(30))), 1);
}

TEST(FindTotpStep, LooksBetweenItsBoundsOnly) {
  const auto code = [](std::int64_t step) { return std::string(TotpCode(kSeed, step).Reveal()); };
  EXPECT_EQ(FindTotpStep(kSeed, code(100), 99, 101), 100);
  EXPECT_EQ(FindTotpStep(kSeed, code(99), 99, 101), 99);
  EXPECT_EQ(FindTotpStep(kSeed, code(101), 99, 101), 101);
  EXPECT_EQ(FindTotpStep(kSeed, code(98), 99, 101), std::nullopt);
  EXPECT_EQ(FindTotpStep(kSeed, code(102), 99, 101), std::nullopt);
  EXPECT_EQ(FindTotpStep(kSeed, "12345", 99, 101), std::nullopt);
  EXPECT_EQ(FindTotpStep(kSeed, code(0), -1, 1), 0) << "there is nothing before 1970";
}

TEST(FindTotpSteps, TakesOneAfterTheOtherOnly) {
  const auto code = [](std::int64_t step) { return std::string(TotpCode(kSeed, step).Reveal()); };
  EXPECT_EQ(FindTotpSteps(kSeed, code(100), code(101), 90, 110), 100);
  EXPECT_EQ(FindTotpSteps(kSeed, code(90), code(91), 90, 110), 90);
  EXPECT_EQ(FindTotpSteps(kSeed, code(110), code(111), 90, 110), 110);
  EXPECT_EQ(FindTotpSteps(kSeed, code(101), code(100), 90, 110), std::nullopt);
  EXPECT_EQ(FindTotpSteps(kSeed, code(100), code(102), 90, 110), std::nullopt);
  EXPECT_EQ(FindTotpSteps(kSeed, code(100), code(100), 90, 110), std::nullopt);
  EXPECT_EQ(FindTotpSteps(kSeed, code(111), code(112), 90, 110), std::nullopt);
}

}  // namespace
}  // namespace claviger::crypto

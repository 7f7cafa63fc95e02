#include "service/extended_request_id.h"

#include <gmock/gmock.h>

#include "base/encoding.h"

namespace claviger::service {
namespace {

using ::testing::MatchesRegex;

TEST(ExtendedRequestId, HasTheFormOfStss) {
  SeededRandom random(1);
  const TimePoint time{std::chrono::milliseconds(1763579652304) + std::chrono::microseconds(999)};
  const std::string first = NewExtendedRequestId("us-east-2", time, random);
  EXPECT_THAT(Base64Decode(first).value(), MatchesRegex("1:us-east-2:S:1763579652304:R:[A-Za-z0-9]{8}"));
  EXPECT_NE(NewExtendedRequestId("us-east-2", time, random), first);
}

}  // namespace
}  // namespace claviger::service

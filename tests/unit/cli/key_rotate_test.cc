#include "cli/key_rotate.h"

#include <gtest/gtest.h>

#include <sstream>

namespace claviger::cli {
namespace {

const TimePoint kSince = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + std::chrono::hours(12);

bool Refused(const std::string& line) {
  std::istringstream log("not JSON with AKIAOLD\n{\"time\":\"2026-11-25T13:00:00.000Z\"}\n" + line + "\n");
  return WasRefusedSince(log, "AKIAOLD", kSince);
}

TEST(WasRefusedSince, SeesARefusedCallWithTheKey) {
  EXPECT_TRUE(
      Refused(R"({"time":"2026-11-25T12:00:00.000Z","access_key_id":"AKIAOLD","error":"InvalidClientTokenId"})"));
}

TEST(WasRefusedSince, PassesOverTheRest) {
  for (const char* line : {
           R"({"time":"2026-11-25T11:59:59.999Z","access_key_id":"AKIAOLD","error":"InvalidClientTokenId"})",
           R"({"time":"2026-11-25T12:00:01.000Z","access_key_id":"AKIAOLD2","error":"InvalidClientTokenId"})",
           R"({"time":"2026-11-25T12:00:01.000Z","access_key_id":"AKIAOLD"})",
           R"({"access_key_id":"AKIAOLD","error":"InvalidClientTokenId"})",
           R"({"time":"2026-11-25T12:00:01.000Z","access_key_id":"AKIANEW","user_agent":"AKIAOLD",)"
           R"("error":"InvalidClientTokenId"})",
       }) {
    EXPECT_FALSE(Refused(line)) << line;
  }
}

TEST(DefaultStateFile, RefusesNamesThatLeadElsewhere) { EXPECT_FALSE(DefaultStateFile("1", "../x").ok()); }

}  // namespace
}  // namespace claviger::cli

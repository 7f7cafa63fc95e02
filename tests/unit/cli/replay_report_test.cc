#include "cli/replay_report.h"

#include <gtest/gtest.h>

namespace claviger::cli {
namespace {

replay::Report SomeReport() {
  return {.differences = {{.effect = replay::Effect::kNewlyDenied,
                           .principal = "arn:aws:iam::123456789012:user/bob",
                           .action = "iam:GetUser",
                           .count = 12,
                           .last = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25),
                           .event_id = "5f0c7a33",
                           .resource = "*",
                           .before = "allowed by a, b",
                           .after = "denied by c"}},
          .requests = 20,
          .newly_denied = 12,
          .newly_allowed = 0,
          .lost_already = 1,
          .not_decided = {{"who asked exists no longer", 2}}};
}

TEST(FormatDifferences, MakesATable) {
  EXPECT_EQ(FormatDifferences("table", SomeReport()),
            "NEWLY   COUNT  PRINCIPAL                           ACTION       RESOURCE  LAST                  EVENT     "
            "BECAUSE\n"
            "denied  12     arn:aws:iam::123456789012:user/bob  iam:GetUser  *         2026-11-25T00:00:00Z  5f0c7a33  "
            "denied by c\n");
  EXPECT_EQ(FormatDifferences("table", {}), "");
}

TEST(FormatDifferences, MakesCsv) {
  EXPECT_EQ(FormatDifferences("csv", SomeReport()),
            "newly,count,principal,action,resource,last,event_id,before,after\n"
            "denied,12,arn:aws:iam::123456789012:user/bob,iam:GetUser,*,2026-11-25T00:00:00Z,5f0c7a33,"
            "\"allowed by a, b\",denied by c\n");
}

TEST(FormatDifferences, MakesJson) {
  EXPECT_EQ(FormatDifferences("json", SomeReport()),
            R"({"requests":20,"newly_denied":12,"newly_allowed":0,"denied_already":1,)"
            R"("not_decided":{"who asked exists no longer":2},"differences":[{"effect":"newly_denied",)"
            R"("principal":"arn:aws:iam::123456789012:user/bob","action":"iam:GetUser","resource":"*",)"
            R"("last":"2026-11-25T00:00:00Z","event_id":"5f0c7a33","before":"allowed by a, b","after":"denied by c",)"
            R"("count":12}]})"
            "\n");
}

TEST(Summarize, SaysHowManyAndWhatIsMissing) {
  EXPECT_EQ(Summarize(SomeReport()),
            "Of 20 requests 12 would be newly denied, 0 newly allowed.\n"
            "1 were granted then, and are denied by the policies of today already.\n"
            "2 cannot be decided: who asked exists no longer.\n");
}

}  // namespace
}  // namespace claviger::cli

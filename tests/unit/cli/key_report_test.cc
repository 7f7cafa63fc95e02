#include "cli/key_report.h"

#include <gtest/gtest.h>

namespace claviger::cli {
namespace {

using std::chrono::days;
using std::chrono::hours;

const TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25) + hours(12);

std::vector<ReportedKey> Keys() {
  const ReportedKey young{.account = "123456789012",
                          .user = "bob",
                          .key = {.id = "AKIAYOUNG", .created = kNow - days(90) + hours(1), .last_used = kNow},
                          .service = "sts"};
  const ReportedKey old{
      .account = "123456789012", .user = "a,b", .key = {.id = "AKIAOLD", .active = false, .created = kNow - days(90)}};
  return {young, old};
}

TEST(SortForReport, PutsTheOldestFirst) {
  auto keys = Keys();
  SortForReport(keys, 0, kNow);
  ASSERT_EQ(keys.size(), 2);
  EXPECT_EQ(keys.front().key.id, "AKIAOLD");
}

TEST(SortForReport, LeavesThoseOfSoManyWholeDays) {
  auto keys = Keys();
  SortForReport(keys, 90, kNow);
  ASSERT_EQ(keys.size(), 1);
  EXPECT_EQ(keys.front().key.id, "AKIAOLD");
  SortForReport(keys, 91, kNow);
  EXPECT_TRUE(keys.empty());
}

TEST(FormatReport, MakesATable) {
  EXPECT_EQ(FormatReport("table", Keys(), kNow),
            "ACCOUNT       USER  ACCESS KEY ID  STATUS    CREATED               DAYS  LAST USED             BY\n"
            "123456789012  bob   AKIAYOUNG      Active    2026-08-27T13:00:00Z  89    2026-11-25T12:00:00Z  sts\n"
            "123456789012  a,b   AKIAOLD        Inactive  2026-08-27T12:00:00Z  90    never                 -\n");
}

TEST(FormatReport, TellsOfTheGreatestAgeWhereItIsKnown) {
  auto keys = Keys();
  keys[0].age = {.standing = directory::KeyStanding::kDueSoon, .due = kNow + days(1), .deactivation = std::nullopt};
  keys[1].age = directory::KeyAgeJudgement();
  EXPECT_EQ(FormatReport("csv", keys, kNow),
            "account,user,access_key_id,status,created,age_days,last_used,last_used_service,age,due,inactive_from\n"
            "123456789012,bob,AKIAYOUNG,Active,2026-08-27T13:00:00Z,89,2026-11-25T12:00:00Z,sts,due soon,"
            "2026-11-26T12:00:00Z,-\n"
            "123456789012,\"a,b\",AKIAOLD,Inactive,2026-08-27T12:00:00Z,90,never,-,fine,-,-\n");
  EXPECT_NE(
      FormatReport("json", keys, kNow).find(R"("age":"due soon","due":"2026-11-26T12:00:00Z","inactive_from":null})"),
      std::string::npos);
}

TEST(FormatReport, MakesCsv) {
  EXPECT_EQ(FormatReport("csv", Keys(), kNow),
            "account,user,access_key_id,status,created,age_days,last_used,last_used_service\n"
            "123456789012,bob,AKIAYOUNG,Active,2026-08-27T13:00:00Z,89,2026-11-25T12:00:00Z,sts\n"
            "123456789012,\"a,b\",AKIAOLD,Inactive,2026-08-27T12:00:00Z,90,never,-\n");
}

TEST(FormatReport, MakesJson) {
  EXPECT_EQ(FormatReport("json", {Keys().back()}, kNow),
            R"([{"account":"123456789012","user":"a,b","access_key_id":"AKIAOLD","status":"Inactive",)"
            R"("created":"2026-08-27T12:00:00Z","age_days":90,"last_used":null,"last_used_service":null}])"
            "\n");
  EXPECT_EQ(FormatReport("json", {}, kNow), "[]\n");
}

}  // namespace
}  // namespace claviger::cli

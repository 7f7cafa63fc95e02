#include "service/key_age_sweep.h"

#include <gmock/gmock.h>

#include "unit/service/service_fixture.h"

namespace claviger::service {
namespace {

using namespace gen;      // NOLINT(google-build-using-namespace)
using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using directory::KeyAgeAction;
using directory::KeyAgeRule;
using std::chrono::days;
using std::chrono::hours;

class KeyAgeSweepTest : public ::testing::Test {
 protected:
  void LayDown(KeyAgeRule rule) {
    rule.since = service_.clock.now;
    service_.Change([&](directory::Directory& directory) { return directory.preferences.SetKeyAge(rule); });
  }
  void LayDownToDeactivate() {
    LayDown({.max = days(90), .action = KeyAgeAction::kDeactivate, .warn_before = days(14)});
  }

  void RoundAfter(std::chrono::seconds time) {
    service_.clock.now += time;
    log_.clear();
    sweep_.Round();
  }

  bool Works(const Credentials& key) { return service_.As(key).Call<sts::api::GetCallerIdentity>({}).status == 200; }

  std::vector<audit::Entry> Events() {
    service_.worker->auditor().Flush();
    service_.trail->Flush();
    std::vector<audit::Entry> events;
    EXPECT_TRUE(service_.trail->journal()
                    .ReadFrom({},
                              [&](const audit::Position&, const audit::Entry& entry) {
                                if (entry.name == "DeactivateAccessKey") events.push_back(entry);
                                return true;
                              })
                    .ok());
    return events;
  }

  Service service_{SessionEnd::kExpiry, Audited::kYes};
  std::vector<std::string> log_;
  KeyAgeSweep sweep_{{.store = service_.store,
                      .keys = service_.keys,
                      .quotas = service_.quotas,
                      .catalogue = directory::BuiltinCatalogue(),
                      .clock = service_.clock,
                      .trail = service_.trail.get(),
                      .log = [this](std::string_view line) { log_.emplace_back(line); }},
                     std::make_unique<SeededRandom>(5)};
};

TEST_F(KeyAgeSweepTest, DoesNothingWhereNothingWasLaidDown) {
  const Credentials bob = service_.AddUser("bob");
  RoundAfter(days(10000));
  EXPECT_TRUE(Works(bob));
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(KeyAgeSweepTest, WarnsThenDeactivatesAndTellsTheTrail) {
  const Credentials bob = service_.AddUser("bob");
  LayDownToDeactivate();
  RoundAfter(days(75));
  EXPECT_EQ(sweep_.counts().due_soon, 0U);
  RoundAfter(days(2));
  EXPECT_EQ(sweep_.counts().due_soon, 2U);  // Root's, too.
  EXPECT_THAT(log_, Contains(AllOf(HasSubstr(bob.access_key_id + " of bob in account 111122223333 becomes too old at "),
                                   HasSubstr("; it will be made Inactive at 2026-05-30T12:00:00Z"))));
  EXPECT_TRUE(Works(bob));
  RoundAfter(hours(1));
  EXPECT_THAT(log_, IsEmpty());  // Was said today.
  RoundAfter(days(13));
  EXPECT_FALSE(Works(bob));
  EXPECT_EQ(sweep_.counts().deactivated, 1U);
  EXPECT_EQ(sweep_.counts().due_soon, 0U);

  const auto events = Events();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(events[0].resources,
              ElementsAre(audit::ResourceName{.type = "AWS::IAM::AccessKey", .name = bob.access_key_id},
                          audit::ResourceName{.type = "AWS::IAM::User", .name = "bob"}));
  EXPECT_THAT(events[0].record, HasSubstr(R"("userIdentity":{"type":"AWSService","invokedBy":"iam.amazonaws.com"})"));
  EXPECT_THAT(events[0].record, HasSubstr(R"("eventType":"AwsServiceEvent")"));
  EXPECT_THAT(events[0].record, HasSubstr(R"("userName":"bob")"));
  EXPECT_THAT(events[0].record, HasSubstr(R"("ageInDays":90,"maximumAge":"90d")"));
  RoundAfter(hours(1));
  EXPECT_THAT(Events(), SizeIs(1));
}

TEST_F(KeyAgeSweepTest, SparesRootUnlessToldOtherwise) {
  LayDownToDeactivate();
  RoundAfter(days(100));
  EXPECT_TRUE(Works(service_.root));
  EXPECT_EQ(sweep_.counts().overdue, 1U);
  EXPECT_THAT(log_, ElementsAre(HasSubstr(" of root in account 111122223333 has been too old since 2026-05-30")));
  LayDown({.max = days(90), .action = KeyAgeAction::kDeactivate, .warn_before = days(14), .root = true});
  RoundAfter(days(13));
  EXPECT_TRUE(Works(service_.root));
  RoundAfter(days(1));
  EXPECT_FALSE(Works(service_.root));
}

TEST_F(KeyAgeSweepTest, OnlyWarnsWhenThatIsAllThatWasLaidDown) {
  const Credentials bob = service_.AddUser("bob");
  LayDown({.max = days(90)});
  RoundAfter(days(1000));
  EXPECT_TRUE(Works(bob));
  EXPECT_EQ(sweep_.counts().overdue, 2U);
  EXPECT_THAT(log_, SizeIs(2));
}

TEST_F(KeyAgeSweepTest, GivesAKeyThatIsActiveAgainTime) {
  const Credentials bob = service_.AddUser("bob");
  LayDownToDeactivate();
  RoundAfter(days(91));
  ASSERT_FALSE(Works(bob));
  ASSERT_THAT(service_.As(service_.root)
                  .Call<iam::api::UpdateAccessKey>(
                      {.user_name = "bob", .access_key_id = bob.access_key_id, .status = "Active"}),
              Succeeds());
  RoundAfter(days(13));
  EXPECT_TRUE(Works(bob));
  RoundAfter(days(1));
  EXPECT_FALSE(Works(bob));
  EXPECT_THAT(Events(), SizeIs(2));
}

TEST_F(KeyAgeSweepTest, LooksAtAKeyAgainBeforeItActs) {
  const Credentials bob = service_.AddUser("bob");
  LayDownToDeactivate();
  service_.store.BeforeNextChange([&] {
    service_.Change([&](directory::Directory& directory) -> Result<> {
      const auto key = TRY(directory.access_keys.Find(bob.access_key_id));
      return directory.access_keys.Remove(*key);
    });
  });
  RoundAfter(days(91));
  EXPECT_EQ(sweep_.counts().deactivated, 0U);
  EXPECT_THAT(Events(), IsEmpty());
}

TEST_F(KeyAgeSweepTest, GoesThroughManyKeys) {
  std::vector<Credentials> keys;
  for (int i = 0; i < 600; ++i) keys.push_back(service_.AddUser("user" + std::to_string(i)));
  LayDownToDeactivate();
  RoundAfter(days(80));
  EXPECT_EQ(sweep_.counts().due_soon, 601U);
  EXPECT_THAT(log_, SizeIs(101));
  EXPECT_THAT(log_.back(), HasSubstr("501 more access keys"));
  RoundAfter(days(10));
  EXPECT_EQ(sweep_.counts().deactivated, 600U);
  EXPECT_FALSE(Works(keys.front()));
  EXPECT_FALSE(Works(keys.back()));
}

TEST_F(KeyAgeSweepTest, StopsWhenItIsTold) {
  const Credentials bob = service_.AddUser("bob");
  LayDownToDeactivate();
  service_.clock.now += days(91);
  sweep_.Round([] { return true; });
  EXPECT_TRUE(Works(bob));
}

TEST(WriteKeyAgeMetrics, HasThemInPrometheussForm) {
  EXPECT_THAT(
      WriteKeyAgeMetrics({.due_soon = 1, .overdue = 2, .deactivated = 3}),
      AllOf(HasSubstr("# TYPE claviger_access_keys_overdue gauge\nclaviger_access_keys_overdue 2\n"),
            HasSubstr("claviger_access_keys_due_soon 1\n"), HasSubstr("claviger_access_keys_deactivated_total 3\n")));
}

}  // namespace
}  // namespace claviger::service

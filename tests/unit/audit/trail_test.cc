#include "audit/trail.h"

#include <gmock/gmock.h>

#include "directory/account.h"
#include "directory/keyspace.h"
#include "store/memory.h"
#include "suites/temporary_directory.h"
#include "unit/audit/audit_fixture.h"

namespace claviger::audit {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FixedClock final : public Clock {
 public:
  TimePoint Now() const override { return kNow; }
};

class TrailTest : public ::testing::Test {
 protected:
  TrailTest() {
    Change([&](store::Transaction& transaction) {
      EXPECT_TRUE(directory::InsertAccount(transaction, {.id = kAccount, .created = kNow}).ok());
    });
  }

  std::unique_ptr<Trail> Start(TrailOptions options = {}) {
    options.journal.folder = folder_.path() / "journal";
    options.log = [this](std::string_view line) { log_ += line; };
    auto journal = Journal::Open(options.journal);
    EXPECT_TRUE(journal.ok());
    return std::make_unique<Trail>(options, std::move(journal).value(), *store_, clock_,
                                   std::make_unique<SeededRandom>(1));
  }

  void Change(const std::function<void(store::Transaction&)>& change) {
    const auto reader = store_->NewReader();
    store::Transaction transaction(**reader);
    change(transaction);
    ASSERT_TRUE(store_->CommitAndWait(transaction.TakeBatch()).ok());
  }

  // As a worker does it: into the outbox, and then handed over.
  Kept Keep(const std::string& id, std::chrono::seconds after = {}) {
    Kept kept{.key = {}, .entry = Small(id, kNow + after)};
    kept.key = OutboxKey(kept.entry);
    Change([&](store::Transaction& transaction) { transaction.Put(kept.key, Encode(kept.entry)); });
    return kept;
  }
  std::size_t OutboxSize() {
    std::size_t size = 0;
    Change([&](store::Transaction& transaction) {
      EXPECT_TRUE(transaction
                      .Scan(directory::keyspace::AuditEvents(kAccount), "",
                            [&](std::string_view, const store::Entry&) { return ++size > 0; })
                      .ok());
    });
    return size;
  }
  static std::vector<std::string> Ids(Trail& trail) {
    std::vector<std::string> ids;
    EXPECT_TRUE(trail.journal()
                    .ReadFrom({},
                              [&](const Position&, const Entry& entry) {
                                ids.push_back(entry.event_id);
                                return true;
                              })
                    .ok());
    return ids;
  }

  ::claviger::testing::TemporaryDirectory folder_;
  std::unique_ptr<store::Store> store_ = store::NewMemoryStore();
  FixedClock clock_;
  std::string log_;
};

TEST_F(TrailTest, MovesEventsOfChangesFromTheOutboxToTheJournal) {
  const auto trail = Start();
  trail->AddCommitted({Keep("b", std::chrono::seconds(2)), Keep("a", std::chrono::seconds(1))});
  trail->Flush();
  EXPECT_THAT(Ids(*trail), ElementsAre("a", "b"));
  EXPECT_EQ(OutboxSize(), 0U);
  EXPECT_EQ(trail->counts().written, 2U);
}

TEST_F(TrailTest, FindsWhatACrashLeftInTheOutbox) {
  Keep("a");
  Keep("b");
  const auto trail = Start();
  trail->Flush();
  EXPECT_THAT(Ids(*trail), ElementsAre("a", "b"));
  EXPECT_EQ(OutboxSize(), 0U);
}

TEST_F(TrailTest, WritesNothingTwiceThatWasInTheJournalAlready) {
  {
    const auto trail = Start();
    trail->AddCommitted({Keep("a")});
    trail->Flush();
  }
  Keep("a");  // As if the crash came between the journal and the outbox.
  Keep("b");
  const auto trail = Start();
  trail->Flush();
  EXPECT_THAT(Ids(*trail), ElementsAre("a", "b"));
  EXPECT_EQ(OutboxSize(), 0U);
}

TEST_F(TrailTest, WritesNothingTwiceThatItFoundBeforeItWasHandedOver) {
  const Kept kept = Keep("a");
  const auto trail = Start();
  trail->Flush();
  trail->AddCommitted({kept});
  trail->Flush();
  EXPECT_THAT(Ids(*trail), ElementsAre("a"));
}

TEST_F(TrailTest, MakesRecordsOfEventsThatChangeNothing) {
  const auto trail = Start();
  std::vector<Event> events;
  events.push_back(CallOf<gen::sts::api::GetCallerIdentity>(Dana(), {}));
  trail->Add(std::move(events));
  trail->Flush();
  ASSERT_EQ(Ids(*trail).size(), 1U);
}

TEST_F(TrailTest, WritesWhatIsLeftWhenItEnds) {
  { Start()->AddCommitted({Keep("a")}); }
  EXPECT_THAT(Ids(*Start()), ElementsAre("a"));
}

TEST_F(TrailTest, DropsAndCountsEventsThatFindNoRoomInMemory) {
  const auto trail = Start({.waiting_max = 1});
  std::vector<Event> events;
  for (int i = 0; i < 3; ++i) events.push_back(CallOf<gen::sts::api::GetCallerIdentity>(Dana(), {}));
  trail->Add(std::move(events));
  trail->Flush();
  EXPECT_EQ(trail->counts().dropped, 2U);
}

TEST_F(TrailTest, KeepsEventsOfChangesInTheStoreWhileTheJournalCannotBeWritten) {
  for (const WhenFull when_full : {WhenFull::kDropReads, WhenFull::kRefuseChanges}) {
    const auto trail = Start({.when_full = when_full});
    trail->Flush();
    std::filesystem::remove_all(folder_.path() / "journal");  // No segment can be made any more.
    trail->AddCommitted({Keep("a")});
    trail->Flush();
    EXPECT_FALSE(trail->counts().writable);
    EXPECT_EQ(trail->accepts_changes(), when_full == WhenFull::kDropReads);
    EXPECT_EQ(OutboxSize(), 1U);
    EXPECT_THAT(log_, ::testing::HasSubstr("the audit trail cannot be written: "));

    std::filesystem::create_directory(folder_.path() / "journal");
    trail->Flush();
    EXPECT_TRUE(trail->counts().writable);
    EXPECT_TRUE(trail->accepts_changes());
    EXPECT_EQ(OutboxSize(), 0U);
    EXPECT_THAT(Ids(*trail), ElementsAre("a"));
    std::filesystem::remove_all(folder_.path() / "journal");
  }
}

}  // namespace
}  // namespace claviger::audit

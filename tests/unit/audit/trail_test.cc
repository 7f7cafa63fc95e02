#include "audit/trail.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>

#include "directory/account.h"
#include "directory/keyspace.h"
#include "store/memory.h"
#include "suites/temporary_directory.h"
#include "unit/audit/audit_fixture.h"

namespace claviger::audit {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using ::testing::ElementsAre;
using ::testing::HasSubstr;
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
    return std::make_unique<Trail>(options, std::move(journal).value(), *store_, clock_);
  }

  void Change(const std::function<void(store::Transaction&)>& change) {
    const auto reader = store_->NewReader();
    store::Transaction transaction(**reader);
    change(transaction);
    ASSERT_TRUE(store_->CommitAndWait(transaction.TakeBatch()).ok());
  }

  // Of a change, as a worker has it once the change is committed: in the outbox, too.
  Entry Keep(const std::string& id, std::chrono::seconds after = {}) {
    const Entry entry = Small(id, kNow + after);
    const std::string bytes = Encode(entry);
    Change([&](store::Transaction& transaction) { transaction.Put(OutboxKey(bytes), bytes); });
    return entry;
  }
  static void HandOver(Trail& trail, const std::vector<Entry>& kept, const std::vector<Entry>& others = {}) {
    EntryBatch batch;
    for (const Entry& entry : kept) AddTo(batch, entry, true);
    for (const Entry& entry : others) AddTo(batch, entry);
    trail.Add(batch);
    EXPECT_TRUE(batch.empty());
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
  HandOver(*trail, {Keep("b", std::chrono::seconds(2)), Keep("a", std::chrono::seconds(1))});
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
    HandOver(*trail, {Keep("a")});
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
  const Entry kept = Keep("a");
  const auto trail = Start();
  trail->Flush();
  HandOver(*trail, {kept});
  trail->Flush();
  EXPECT_THAT(Ids(*trail), ElementsAre("a"));
}

TEST_F(TrailTest, PutsWhatSeveralLoopsHandOverInOrder) {
  const auto trail = Start();
  trail->Flush();  // The outbox has been looked through.
  const auto at = [](const std::string& id, int second) { return Small(id, kNow + std::chrono::seconds(second)); };
  HandOver(*trail, {}, {at("a", 1), at("d", 4), at("f", 6)});
  HandOver(*trail, {Keep("b", std::chrono::seconds(2))}, {at("c", 3), at("e", 5)});
  trail->Flush();
  EXPECT_THAT(Ids(*trail), ElementsAre("a", "b", "c", "d", "e", "f"));
}

TEST_F(TrailTest, WritesWhatIsLeftWhenItEnds) {
  { HandOver(*Start(), {Keep("a")}); }
  EXPECT_THAT(Ids(*Start()), ElementsAre("a"));
}

TEST_F(TrailTest, DropsAndCountsEventsThatFindNoRoomInMemoryButNoneOfAChange) {
  const auto trail = Start({.waiting_bytes_max = 10});
  HandOver(*trail, {Keep("a")}, {Small("b", kNow), Small("c", kNow)});
  trail->Flush();
  EXPECT_EQ(trail->counts().dropped, 2U);
  EXPECT_THAT(Ids(*trail), ElementsAre("a"));
  EXPECT_EQ(OutboxSize(), 0U);
}

TEST_F(TrailTest, KeepsEventsOfChangesInTheStoreWhileTheJournalCannotBeWritten) {
  for (const WhenFull when_full : {WhenFull::kDropReads, WhenFull::kRefuseChanges}) {
    const auto trail = Start({.when_full = when_full});
    trail->Flush();
    std::filesystem::remove_all(folder_.path() / "journal");  // No segment can be made any more.
    HandOver(*trail, {Keep("a")});
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

// ---- Disks that fail

// fdatasync as often as it may succeed.
class FailingDisk {
 public:
  SyncFunction function() {
    return [this](int fd) {
      ++calls_;
      if (good_-- > 0) return fdatasync(fd);
      if (failures_-- > 0) {
        errno = EIO;
        return -1;
      }
      return fdatasync(fd);
    };
  }
  // From now on so many succeed, then so many fail.
  void Set(int good, int failures) {
    good_ = good;
    failures_ = failures;
  }
  int calls() const { return calls_; }

 private:
  std::atomic<int> good_ = 1 << 20;
  std::atomic<int> failures_ = 0;
  std::atomic<int> calls_ = 0;
};

TEST_F(TrailTest, WritesAgainWhatASyncLeftInDoubt) {
  FailingDisk disk;
  TrailOptions options;
  options.journal.sync = disk.function();
  const auto trail = Start(options);
  HandOver(*trail, {}, {Small("before", kNow)});
  trail->Flush();

  disk.Set(0, 1);
  HandOver(*trail, {Keep("change")}, {Small("read", kNow)});
  trail->Flush();
  EXPECT_FALSE(trail->counts().writable);
  EXPECT_EQ(OutboxSize(), 1U);  // It is not forgotten before it is durable.

  HandOver(*trail, {}, {Small("after", kNow)});
  trail->Flush();
  EXPECT_TRUE(trail->counts().writable);
  EXPECT_EQ(OutboxSize(), 0U);
  EXPECT_EQ(trail->counts().dropped, 0U);
  EXPECT_THAT(Ids(*trail), ElementsAre("before", "change", "read", "after"));
  EXPECT_THAT(log_, HasSubstr("the audit trail cannot be written: cannot sync "));
  EXPECT_THAT(log_, HasSubstr("the audit trail can be written again; 0 events that changed nothing were dropped"));
}

TEST_F(TrailTest, LosesNothingWhenTheDiskFailsAgainAndAgain) {
  FailingDisk disk;
  TrailOptions options;
  options.journal.sync = disk.function();
  options.when_full = WhenFull::kRefuseChanges;
  auto trail = Start(options);
  trail->Flush();
  disk.Set(0, 5);
  HandOver(*trail, {Keep("a")}, {Small("b", kNow + std::chrono::seconds(1))});
  for (int i = 0; i < 4; ++i) {
    trail->Flush();
    EXPECT_FALSE(trail->accepts_changes());
    const auto files = std::distance(std::filesystem::directory_iterator(folder_.path() / "journal"), {});
    EXPECT_LE(files, 2);  // No file is left behind by each attempt.
  }
  trail->Flush();
  trail->Flush();
  EXPECT_TRUE(trail->accepts_changes());
  EXPECT_THAT(Ids(*trail), ElementsAre("a", "b"));
  EXPECT_EQ(OutboxSize(), 0U);
  trail.reset();
  EXPECT_THAT(Ids(*Start()), ElementsAre("a", "b"));
}

TEST_F(TrailTest, DoesNotTrustWhatAnEarlierProcessLeftToAFailingDisk) {
  {
    const auto trail = Start();
    HandOver(*trail, {Keep("a")}, {Small("b", kNow + std::chrono::seconds(1))});
    trail->Flush();
  }
  FailingDisk disk;
  disk.Set(0, 1);
  TrailOptions options;
  options.journal.sync = disk.function();
  Keep("c", std::chrono::seconds(2));
  const auto trail = Start(options);
  trail->Flush();
  trail->Flush();
  EXPECT_THAT(Ids(*trail), ElementsAre("a", "b", "c"));
  EXPECT_EQ(OutboxSize(), 0U);
}

TEST_F(TrailTest, SyncsOnceForManyRounds) {
  FailingDisk disk;
  TrailOptions options;
  options.journal.sync = disk.function();
  options.hold = std::chrono::milliseconds(0);
  const auto trail = Start(options);
  trail->Flush();
  const int before = disk.calls();
  for (int i = 0; i < 100; ++i) HandOver(*trail, {}, {Small(std::to_string(i), kNow)});
  trail->Flush();
  EXPECT_EQ(Ids(*trail).size(), 100U);
  EXPECT_LE(disk.calls() - before, 2);
}

}  // namespace
}  // namespace claviger::audit

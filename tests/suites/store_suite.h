// What every backend of the store must do. A backend is a type with
//   static std::unique_ptr<Store> Open(const std::filesystem::path& directory);
// and runs it all with INSTANTIATE_TYPED_TEST_SUITE_P(Name, StoreSuite, ThatType).
#pragma once

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/store.h"
#include "suites/store_interleaving.h"
#include "suites/store_testing.h"
#include "suites/temporary_directory.h"

namespace claviger::store {

template <class Backend>
class StoreSuite : public ::testing::Test {
 protected:
  StoreSuite() : store_(Backend::Open(directory_.path())), reader_(NewReader()) {}

  std::unique_ptr<Reader> NewReader() { return store_->NewReader().value(); }
  Reader& Refreshed() {
    EXPECT_TRUE(reader_->Refresh().ok());
    return *reader_;
  }
  StoreResult<Revision> Commit(Transaction& transaction) { return store_->CommitAndWait(transaction.TakeBatch()); }
  Revision Put(std::string_view key, std::string_view value) {
    Transaction transaction(Refreshed());
    transaction.Put(key, value);
    return Commit(transaction).value();
  }
  void Delete(std::string_view key) {
    Transaction transaction(Refreshed());
    transaction.Delete(key);
    EXPECT_TRUE(Commit(transaction).ok());
  }
  void Fill(const Pairs& pairs) {
    Transaction transaction(Refreshed());
    for (const auto& [key, value] : pairs) transaction.Put(key, value);
    EXPECT_TRUE(Commit(transaction).ok());
  }

  testing::TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

TYPED_TEST_SUITE_P(StoreSuite);

TYPED_TEST_P(StoreSuite, BeginsEmpty) {
  EXPECT_EQ(Get(*this->reader_, "a"), "absent");
  EXPECT_EQ(Scan(*this->reader_, ""), Pairs());
}

TYPED_TEST_P(StoreSuite, KeepsWhatWasCommitted) {
  const Revision revision = this->Put("a", "1");
  Reader& reader = this->Refreshed();
  EXPECT_EQ(Get(reader, "a"), "1");
  EXPECT_EQ(reader.Get("a").value()->revision, revision);
  EXPECT_EQ(reader.revision(), revision);
}

TYPED_TEST_P(StoreSuite, NewReaderSeesTheNewest) {
  this->Put("a", "1");
  EXPECT_EQ(Get(*this->NewReader(), "a"), "1");
}

TYPED_TEST_P(StoreSuite, SnapshotStaysAsItWas) {
  this->Fill({{"a", "1"}, {"b", "1"}});
  const auto old = this->NewReader();
  const StoreResult<std::optional<Entry>> before = old->Get("a");
  const Revision revision = old->revision();
  this->Fill({{"a", "2"}, {"c", "2"}});
  this->Delete("b");
  EXPECT_EQ(AsString(before), "1");
  EXPECT_EQ(old->revision(), revision);
  EXPECT_EQ(Scan(*old, ""), (Pairs{{"a", "1"}, {"b", "1"}}));
  ASSERT_TRUE(old->Refresh().ok());
  EXPECT_EQ(Scan(*old, ""), (Pairs{{"a", "2"}, {"c", "2"}}));
  EXPECT_GT(old->revision(), revision);
}

TYPED_TEST_P(StoreSuite, ReleasedReaderReadsOnlyAfterRefresh) {
  this->Put("a", "1");
  Reader& reader = this->Refreshed();
  EXPECT_EQ(Scan(reader, ""), (Pairs{{"a", "1"}}));
  reader.Release();
  reader.Release();
  EXPECT_FALSE(reader.Get("a").ok());
  EXPECT_FALSE(reader.Scan("", "", [](auto, auto&) { return true; }).ok());
  ASSERT_TRUE(reader.Refresh().ok());
  EXPECT_EQ(Get(reader, "a"), "1");
  EXPECT_EQ(Scan(reader, ""), (Pairs{{"a", "1"}}));
}

TYPED_TEST_P(StoreSuite, ReaderOutlivesItsStore) {
  this->Put("a", "1");
  this->Refreshed();
  this->store_.reset();
  EXPECT_EQ(Get(*this->reader_, "a"), "1");
}

TYPED_TEST_P(StoreSuite, RevisionsGrowWithEveryChange) {
  Revision last = this->reader_->revision();
  EXPECT_GT(last, 0U);
  for (int i = 0; i < 10; ++i) {
    const Revision revision = this->Put("a", "same");
    EXPECT_GT(revision, last);
    last = revision;
  }
}

TYPED_TEST_P(StoreSuite, RevisionStaysWhenNothingChanges) {
  const Revision last = this->Put("a", "1");
  Transaction nothing(this->Refreshed());
  EXPECT_EQ(this->Commit(nothing).value(), last);
  Transaction of_the_absent(this->Refreshed());
  of_the_absent.Delete("b");
  EXPECT_EQ(this->Commit(of_the_absent).value(), last);
  EXPECT_EQ(this->Refreshed().revision(), last);
}

TYPED_TEST_P(StoreSuite, ScansInByteOrder) {
  this->Fill({{"b", "3"}, {"a", "1"}, {"a\xff", "2"}, {std::string("\0", 1), "0"}, {"\xff", "5"}, {"b\x7f", "4"}});
  EXPECT_EQ(
      Scan(this->Refreshed(), ""),
      (Pairs{{std::string("\0", 1), "0"}, {"a", "1"}, {"a\xff", "2"}, {"b", "3"}, {"b\x7f", "4"}, {"\xff", "5"}}));
}

TYPED_TEST_P(StoreSuite, ScansOnlyThePrefix) {
  this->Fill({{"a", "0"}, {"a/1", "1"}, {"a/2", "2"}, {"a0", "3"}, {"b/1", "4"}});
  EXPECT_EQ(Scan(this->Refreshed(), "a/"), (Pairs{{"a/1", "1"}, {"a/2", "2"}}));
  EXPECT_EQ(Scan(this->Refreshed(), "c"), Pairs());
  EXPECT_EQ(Scan(this->Refreshed(), "a/2"), (Pairs{{"a/2", "2"}}));
  EXPECT_EQ(Scan(this->Refreshed(), "\xff"), Pairs());
}

TYPED_TEST_P(StoreSuite, ScansOnlyWhatIsAfter) {
  this->Fill({{"a/1", "1"}, {"a/2", "2"}, {"a/3", "3"}, {"b", "4"}});
  Reader& reader = this->Refreshed();
  EXPECT_EQ(Scan(reader, "a/", "a/1"), (Pairs{{"a/2", "2"}, {"a/3", "3"}}));
  EXPECT_EQ(Scan(reader, "a/", "a/1\x01"), (Pairs{{"a/2", "2"}, {"a/3", "3"}}));
  EXPECT_EQ(Scan(reader, "a/", "a"), (Pairs{{"a/1", "1"}, {"a/2", "2"}, {"a/3", "3"}}));
  EXPECT_EQ(Scan(reader, "a/", "a/3"), Pairs());
  EXPECT_EQ(Scan(reader, "a/", "z"), Pairs());
}

TYPED_TEST_P(StoreSuite, ScanStopsWhenToldTo) {
  this->Fill({{"a", "1"}, {"b", "2"}, {"c", "3"}});
  EXPECT_EQ(Scan(this->Refreshed(), "", "", 2), (Pairs{{"a", "1"}, {"b", "2"}}));
}

TYPED_TEST_P(StoreSuite, ScansWithinAScan) {
  this->Fill({{"a", "1"}, {"b", "2"}});
  Reader& reader = this->Refreshed();
  Pairs found;
  ASSERT_TRUE(reader
                  .Scan("", "",
                        [&](std::string_view outer, const Entry&) {
                          for (const auto& [inner, value] : Scan(reader, "")) found.emplace_back(outer, inner);
                          EXPECT_EQ(Get(reader, "b"), "2");
                          return true;
                        })
                  .ok());
  EXPECT_EQ(found, (Pairs{{"a", "a"}, {"a", "b"}, {"b", "a"}, {"b", "b"}}));
}

TYPED_TEST_P(StoreSuite, TakesEveryByteInKeysAndValues) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  this->Fill({{all, all}, {std::string("\0\0", 2), std::string("\0", 1)}, {"empty", ""}});
  Reader& reader = this->Refreshed();
  EXPECT_EQ(Get(reader, all), all);
  EXPECT_EQ(Get(reader, std::string("\0\0", 2)), std::string("\0", 1));
  EXPECT_EQ(Get(reader, "empty"), "");
  EXPECT_EQ(Get(reader, std::string("\0", 1)), "absent");
}

TYPED_TEST_P(StoreSuite, DeletesAndWritesAnew) {
  this->Put("a", "1");
  this->Delete("a");
  EXPECT_EQ(Get(this->Refreshed(), "a"), "absent");
  this->Put("a", "2");
  EXPECT_EQ(Get(this->Refreshed(), "a"), "2");
}

TYPED_TEST_P(StoreSuite, TransactionReadsItsOwnWrites) {
  this->Fill({{"a", "1"}, {"b", "1"}});
  Transaction transaction(this->Refreshed());
  transaction.Put("a", "2");
  transaction.Delete("b");
  transaction.Put("c", "2");
  EXPECT_EQ(Get(transaction, "a"), "2");
  EXPECT_EQ(transaction.Get("a").value()->revision, 0U);
  EXPECT_EQ(Get(transaction, "b"), "absent");
  EXPECT_EQ(Get(transaction, "c"), "2");
  EXPECT_EQ(Get(*this->reader_, "a"), "1");
}

TYPED_TEST_P(StoreSuite, ScanMergesOwnWrites) {
  this->Fill({{"a/b", "1"}, {"a/d", "1"}, {"a/f", "1"}});
  Transaction transaction(this->Refreshed());
  transaction.Put("a/a", "2");
  transaction.Put("a/d", "2");
  transaction.Put("a/e", "2");
  transaction.Delete("a/f");
  transaction.Put("a/g", "2");
  transaction.Put("b", "2");
  transaction.Put("A", "2");
  EXPECT_EQ(Scan(transaction, "a/"), (Pairs{{"a/a", "2"}, {"a/b", "1"}, {"a/d", "2"}, {"a/e", "2"}, {"a/g", "2"}}));
  EXPECT_EQ(Scan(transaction, "a/", "a/a"), (Pairs{{"a/b", "1"}, {"a/d", "2"}, {"a/e", "2"}, {"a/g", "2"}}));
  EXPECT_EQ(Scan(transaction, "a/", "a/d", 1), (Pairs{{"a/e", "2"}}));
  EXPECT_EQ(Scan(transaction, "a/", "a/e"), (Pairs{{"a/g", "2"}}));
  EXPECT_EQ(Scan(transaction, "a/", "", 1), (Pairs{{"a/a", "2"}}));
  EXPECT_EQ(Scan(transaction, "b"), (Pairs{{"b", "2"}}));
}

TYPED_TEST_P(StoreSuite, ScanningVisitorMayWrite) {
  this->Fill({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  Transaction transaction(this->Refreshed());
  Pairs visited;
  ASSERT_TRUE(transaction
                  .Scan("", "",
                        [&](std::string_view key, const Entry& entry) {
                          visited.emplace_back(key, entry.value);
                          if (key == "a") transaction.Put("bb", "2");
                          if (key == "b") transaction.Put("aa", "behind");
                          if (key == "bb") transaction.Put("d", "2");
                          if (key == "bb") transaction.Delete("c");
                          if (key != "bb") transaction.Delete(key);
                          return true;
                        })
                  .ok());
  EXPECT_EQ(visited, (Pairs{{"a", "1"}, {"b", "1"}, {"bb", "2"}, {"d", "2"}}));
  EXPECT_EQ(Scan(transaction, ""), (Pairs{{"aa", "behind"}, {"bb", "2"}}));
  ASSERT_TRUE(this->Commit(transaction).ok());
  EXPECT_EQ(Scan(this->Refreshed(), ""), (Pairs{{"aa", "behind"}, {"bb", "2"}}));
}

TYPED_TEST_P(StoreSuite, CommitsAllOrNothing) {
  this->Fill({{"a", "1"}, {"b", "1"}});
  const auto other = this->NewReader();
  Transaction loser(*other);
  Get(loser, "b");
  loser.Put("a", "2");
  loser.Put("c", "2");
  loser.Delete("b");
  this->Put("b", "3");
  EXPECT_EQ(Outcome(this->Commit(loser)), Kind::kConflict);
  EXPECT_EQ(Scan(this->Refreshed(), ""), (Pairs{{"a", "1"}, {"b", "3"}}));
}

TYPED_TEST_P(StoreSuite, ConflictsWhenAReadKeyChanged) {
  this->Put("a", "1");
  const auto other = this->NewReader();
  Transaction transaction(*other);
  Get(transaction, "a");
  transaction.Put("b", "1");
  this->Put("a", "1");  // Even to the same value: it may have been another in between.
  EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kConflict);
}

TYPED_TEST_P(StoreSuite, ConflictsWhenAnAbsentKeyWasCreated) {
  const auto other = this->NewReader();
  Transaction transaction(*other);
  Get(transaction, "a");
  transaction.Put("a", "mine");
  this->Put("a", "theirs");
  EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kConflict);
  EXPECT_EQ(Get(this->Refreshed(), "a"), "theirs");
}

TYPED_TEST_P(StoreSuite, ConflictsWhenAReadKeyWasDeleted) {
  this->Put("a", "1");
  const auto other = this->NewReader();
  Transaction transaction(*other);
  Get(transaction, "a");
  transaction.Put("b", "1");
  this->Delete("a");
  EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kConflict);
}

TYPED_TEST_P(StoreSuite, ConflictsWhenAReadKeyWasDeletedAndCreatedAnew) {
  this->Put("a", "1");
  const auto other = this->NewReader();
  Transaction transaction(*other);
  Get(transaction, "a");
  transaction.Put("b", "1");
  this->Delete("a");
  this->Put("a", "1");
  EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kConflict);
}

TYPED_TEST_P(StoreSuite, ConflictsWhenOnlyReading) {
  this->Put("a", "1");
  const auto other = this->NewReader();
  Transaction transaction(*other);
  Get(transaction, "a");
  this->Put("a", "2");
  EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kConflict);
}

TYPED_TEST_P(StoreSuite, ConflictsWhenAScannedRangeChanged) {
  using Change = std::function<void()>;
  const std::vector<Change> changes = {
      [&] { this->Put("a/2", "new"); },
      [&] { this->Put("a/1", "other"); },
      [&] { this->Delete("a/3"); },
      [&] { this->Delete("a/1"), this->Put("a/1", "1"); },
      [&] { this->Delete("a/1"), this->Put("a/0", "moved"); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    this->Fill({{"a/1", "1"}, {"a/3", "3"}, {"b", "1"}});
    this->Delete("a/0");
    this->Delete("a/2");
    const auto other = this->NewReader();
    Transaction transaction(*other);
    Scan(transaction, "a/");
    transaction.Put("b", "mine");
    changes[i]();
    EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kConflict) << "change " << i;
  }
}

TYPED_TEST_P(StoreSuite, ConflictsWhenAnEmptyRangeWasFilled) {
  const auto other = this->NewReader();
  Transaction transaction(*other);
  Scan(transaction, "a/");
  transaction.Delete("a");
  this->Put("a/1", "1");
  EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kConflict);
}

TYPED_TEST_P(StoreSuite, DoesNotConflictOutsideWhatWasRead) {
  this->Fill({{"a/1", "1"}, {"a/2", "2"}, {"b", "1"}});
  const auto other = this->NewReader();
  Transaction transaction(*other);
  Get(transaction, "b");
  Scan(transaction, "a/", "a/1");
  transaction.Put("c", "1");
  this->Fill({{"a", "x"}, {"a/0", "x"}, {"a/1", "x"}, {"a0", "x"}, {"b0", "x"}, {"ab", "x"}});
  EXPECT_EQ(Outcome(this->Commit(transaction)), std::nullopt);
}

TYPED_TEST_P(StoreSuite, StoppedScanConflictsOnlyWithinWhatItVisited) {
  for (const std::string changed : {"a/1", "a/15", "a/2", "a/25", "a/3"}) {
    for (const std::string value : {"deleted", "put"}) {
      this->Fill({{"a/1", "1"}, {"a/2", "2"}, {"a/3", "3"}});
      this->Delete("a/15");
      this->Delete("a/25");
      const auto other = this->NewReader();
      Transaction transaction(*other);
      EXPECT_EQ(Scan(transaction, "a/", "", 2).size(), 2U);
      transaction.Put("b", "1");
      if (value == "put") {
        this->Put(changed, value);
      } else {
        this->Delete(changed);
      }
      const bool existed = changed != "a/15" && changed != "a/25";
      const bool conflicts = changed <= "a/2" && (existed || value == "put");
      EXPECT_EQ(Outcome(this->Commit(transaction)), conflicts ? std::optional(Kind::kConflict) : std::nullopt)
          << changed << " " << value;
    }
  }
}

TYPED_TEST_P(StoreSuite, ScanStoppedAtAnOwnWriteConflictsUpToThere) {
  for (const std::string created : {"a/1", "a/3"}) {
    this->Delete("a/1");
    this->Delete("a/2");
    this->Delete("a/3");
    this->Put("a/4", "4");
    const auto other = this->NewReader();
    Transaction transaction(*other);
    transaction.Put("a/2", "mine");
    EXPECT_EQ(Scan(transaction, "a/", "", 1), (Pairs{{"a/2", "mine"}}));
    this->Put(created, "theirs");
    EXPECT_EQ(Outcome(this->Commit(transaction)), created == "a/1" ? std::optional(Kind::kConflict) : std::nullopt);
  }
}

TYPED_TEST_P(StoreSuite, LongerOfTwoScansCounts) {
  this->Fill({{"a/1", "1"}, {"a/2", "2"}, {"a/3", "3"}});
  for (const auto& [first, second] : {std::pair<std::size_t, std::size_t>{1, 9}, {9, 1}, {1, 3}, {3, 1}}) {
    const auto other = this->NewReader();
    Transaction transaction(*other);
    Scan(transaction, "a/", "", first);
    Scan(transaction, "a/", "", second);
    transaction.Put("b", "1");
    this->Put("a/3", "changed");
    EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kConflict);
  }
}

TYPED_TEST_P(StoreSuite, BlindWritesNeverConflict) {
  this->Put("a", "1");
  const auto other = this->NewReader();
  Transaction transaction(*other);
  transaction.Put("a", "mine");
  transaction.Put("b", "mine");
  transaction.Delete("c");
  EXPECT_EQ(Get(transaction, "a"), "mine");  // Reading an own write depends on nothing.
  this->Fill({{"a", "x"}, {"b", "x"}, {"c", "x"}});
  EXPECT_EQ(Outcome(this->Commit(transaction)), std::nullopt);
  EXPECT_EQ(Scan(this->Refreshed(), ""), (Pairs{{"a", "mine"}, {"b", "mine"}}));
}

TYPED_TEST_P(StoreSuite, CountersAddUpWithoutConflicts) {
  const auto first_reader = this->NewReader();
  const auto second_reader = this->NewReader();
  Transaction first(*first_reader);
  Transaction second(*second_reader);
  first.AddToCounter("count", 2, 10);
  second.AddToCounter("count", 3, 10);
  EXPECT_EQ(first.PeekCounter("count").value(), 2);  // Its own change.
  EXPECT_EQ(Outcome(this->Commit(first)), std::nullopt);
  EXPECT_EQ(Outcome(this->Commit(second)), std::nullopt);
  Transaction seen(this->Refreshed());
  EXPECT_EQ(seen.PeekCounter("count").value(), 5);
  EXPECT_TRUE(seen.TakeBatch().reads.empty());
}

TYPED_TEST_P(StoreSuite, CounterStopsAtItsMaximum) {
  const auto reader = this->NewReader();
  Transaction both(*reader);
  both.AddToCounter("count", 2, 2);
  both.Put("a", "1");
  EXPECT_EQ(Outcome(this->Commit(both)), std::nullopt);
  both.AddToCounter("count", 1, 2);
  both.Put("b", "1");
  EXPECT_EQ(Outcome(this->Commit(both)), Kind::kConflict);
  EXPECT_EQ(Get(this->Refreshed(), "b"), "absent");
  Transaction less(this->Refreshed());
  less.AddToCounter("count", -1, 1);  // Going down is never refused, wherever the maximum is now.
  EXPECT_EQ(Outcome(this->Commit(less)), std::nullopt);
  EXPECT_EQ(Transaction(this->Refreshed()).PeekCounter("count").value(), 1);
}

TYPED_TEST_P(StoreSuite, CounterNeverFallsBelowZero) {
  Transaction transaction(this->Refreshed());
  transaction.AddToCounter("count", -5, 10);
  EXPECT_EQ(Outcome(this->Commit(transaction)), std::nullopt);
  EXPECT_EQ(Transaction(this->Refreshed()).PeekCounter("count").value(), 0);
}

TYPED_TEST_P(StoreSuite, BrokenCounterIsReported) {
  this->Put("count", "no counter");
  EXPECT_EQ(Outcome(Transaction(this->Refreshed()).PeekCounter("count")), Kind::kCorrupt);
  Transaction transaction(this->Refreshed());
  transaction.AddToCounter("count", 1, 10);
  EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kCorrupt);
}

TYPED_TEST_P(StoreSuite, TakesKeysAndValuesUpToTheLimits) {
  const std::string key(kKeyBytesMax, '\xff');
  const std::string value(kValueBytesMax, 'v');
  this->Put(key, value);
  Reader& reader = this->Refreshed();
  EXPECT_EQ(Get(reader, key), value);
  EXPECT_EQ(Scan(reader, key), (Pairs{{key, value}}));
  EXPECT_EQ(Scan(reader, "", key), Pairs());
}

TYPED_TEST_P(StoreSuite, RefusesKeysAndValuesBeyondTheLimits) {
  this->Put("a", "1");
  const Revision before = this->Refreshed().revision();
  const std::vector<std::pair<std::string, std::size_t>> bad = {
      {"", 0}, {std::string(kKeyBytesMax + 1, 'k'), 0}, {"v", kValueBytesMax + 1}};
  for (const auto& [key, size] : bad) {
    Transaction transaction(this->Refreshed());
    transaction.Put("b", "1");
    transaction.Put(key, std::string(size, 'v'));
    EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kLimit);
  }
  EXPECT_EQ(this->Refreshed().revision(), before);
}

TYPED_TEST_P(StoreSuite, RefusesABatchBeyondTheLimit) {
  Transaction transaction(this->Refreshed());
  const std::string value(kValueBytesMax, 'v');
  for (char c = 'a'; c < 'a' + 9; ++c) transaction.Put(std::string(1, c), value);
  EXPECT_EQ(Outcome(this->Commit(transaction)), Kind::kLimit);
  EXPECT_EQ(Scan(this->Refreshed(), ""), Pairs());
}

TYPED_TEST_P(StoreSuite, KeysBeyondTheLimitsAreAbsent) {
  const std::string longest(kKeyBytesMax, 'k');
  this->Fill({{longest, "1"}, {"l", "2"}});
  Reader& reader = this->Refreshed();
  Transaction transaction(reader);
  for (const std::string& key : {std::string(), longest + "k", std::string(100000, 'k')}) {
    EXPECT_EQ(Get(reader, key), "absent");
    EXPECT_EQ(Get(transaction, key), "absent");
  }
  EXPECT_EQ(Scan(reader, longest + "k"), Pairs());
  EXPECT_EQ(Scan(reader, "", longest + "k"), (Pairs{{"l", "2"}}));
  EXPECT_EQ(Scan(reader, "", std::string(100000, 'k')), (Pairs{{"l", "2"}}));
  EXPECT_EQ(Scan(reader, "k", std::string(kKeyBytesMax - 1, 'k')), (Pairs{{longest, "1"}}));
  transaction.Put("m", "1");
  EXPECT_TRUE(this->Commit(transaction).ok());
}

TYPED_TEST_P(StoreSuite, DoneMayCommitAgain) {
  std::latch finished(1);
  const auto put = [&](std::string key) {
    Batch batch;
    batch.writes.emplace(std::move(key), "1");
    return batch;
  };
  this->store_->Commit(put("a"), [&](StoreResult<Revision> first) {
    EXPECT_TRUE(first.ok());
    this->store_->Commit(put("b"), [&, first](StoreResult<Revision> second) {
      EXPECT_GT(second.value(), first.value());
      finished.count_down();
    });
  });
  finished.wait();
  EXPECT_EQ(Scan(this->Refreshed(), ""), (Pairs{{"a", "1"}, {"b", "1"}}));
}

TYPED_TEST_P(StoreSuite, ConcurrentIncrementsLoseNothing) {
  constexpr int threads_count = 4;
  constexpr int increments = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < threads_count; ++t) {
    threads.emplace_back([this] {
      const std::unique_ptr<Reader> reader = this->NewReader();
      for (int done = 0; done < increments;) {
        ASSERT_TRUE(reader->Refresh().ok());
        Transaction transaction(*reader);
        const std::string now = Get(transaction, "counter");
        transaction.Put("counter", std::to_string(now == "absent" ? 1 : std::stoi(now) + 1));
        const StoreResult<Revision> result = this->Commit(transaction);
        if (result.ok()) {
          ++done;
        } else {
          ASSERT_EQ(result.error().kind, Kind::kConflict);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Get(this->Refreshed(), "counter"), std::to_string(threads_count * increments));
}

TYPED_TEST_P(StoreSuite, ReadersSeeOnlyWholeBatches) {
  this->Fill({{"a", "0"}, {"b", "0"}});
  std::atomic<bool> stop = false;
  std::thread reading([&] {
    const std::unique_ptr<Reader> reader = this->NewReader();
    Revision last = 0;
    while (!stop) {
      ASSERT_TRUE(reader->Refresh().ok());
      ASSERT_EQ(Get(*reader, "a"), Get(*reader, "b"));
      ASSERT_GE(reader->revision(), last);
      last = reader->revision();
    }
  });
  for (int i = 1; i <= 100; ++i) this->Fill({{"a", std::to_string(i)}, {"b", std::to_string(i)}});
  stop = true;
  reading.join();
}

TYPED_TEST_P(StoreSuite, InterleavedTransactionsAreSerializable) {
  StoreInterleaving(*this->store_, 20240917).Run(12000);
}

REGISTER_TYPED_TEST_SUITE_P(
    StoreSuite, BeginsEmpty, KeepsWhatWasCommitted, NewReaderSeesTheNewest, SnapshotStaysAsItWas,
    ReleasedReaderReadsOnlyAfterRefresh, ReaderOutlivesItsStore, RevisionsGrowWithEveryChange,
    RevisionStaysWhenNothingChanges, ScansInByteOrder, ScansOnlyThePrefix, ScansOnlyWhatIsAfter, ScanStopsWhenToldTo,
    ScansWithinAScan, TakesEveryByteInKeysAndValues, DeletesAndWritesAnew, TransactionReadsItsOwnWrites,
    ScanMergesOwnWrites, ScanningVisitorMayWrite, CommitsAllOrNothing, ConflictsWhenAReadKeyChanged,
    ConflictsWhenAnAbsentKeyWasCreated, ConflictsWhenAReadKeyWasDeleted, ConflictsWhenAReadKeyWasDeletedAndCreatedAnew,
    ConflictsWhenOnlyReading, ConflictsWhenAScannedRangeChanged, ConflictsWhenAnEmptyRangeWasFilled,
    DoesNotConflictOutsideWhatWasRead, StoppedScanConflictsOnlyWithinWhatItVisited,
    ScanStoppedAtAnOwnWriteConflictsUpToThere, LongerOfTwoScansCounts, BlindWritesNeverConflict,
    CountersAddUpWithoutConflicts, CounterStopsAtItsMaximum, CounterNeverFallsBelowZero, BrokenCounterIsReported,
    TakesKeysAndValuesUpToTheLimits, RefusesKeysAndValuesBeyondTheLimits, RefusesABatchBeyondTheLimit,
    KeysBeyondTheLimitsAreAbsent, DoneMayCommitAgain, ConcurrentIncrementsLoseNothing, ReadersSeeOnlyWholeBatches,
    InterleavedTransactionsAreSerializable);

}  // namespace claviger::store

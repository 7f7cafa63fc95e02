// The log below the store: what a crash may leave of it, and what may never be made of that.
#include "store/redo_log.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/lmdb.h"
#include "suites/child_process.h"
#include "suites/store_testing.h"
#include "suites/temporary_directory.h"

namespace claviger::store {
namespace {

using testing::ChildProcess;
using ::testing::HasSubstr;

Batch Put(const std::string& key, const std::string& value) {
  Batch batch;
  batch.writes[key] = value;
  return batch;
}

Pairs Contents(Store& store) { return Scan(*store.NewReader().value(), ""); }

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteFile(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class RedoLogOnDisk : public ::testing::Test {
 protected:
  // Nothing goes into LMDB by itself.
  static LmdbOptions Patient() { return {.log_age = std::chrono::hours(1)}; }

  // Commits one after the other in a process that then dies.
  bool CommitAndDie(const std::vector<Batch>& batches, const LmdbOptions& options = Patient()) {
    ChildProcess child([&] {
      auto store = OpenLmdb(path_, options).value().release();
      return std::ranges::all_of(batches, [&](const Batch& batch) { return store->CommitAndWait(batch).ok(); });
    });
    return child.Wait();
  }
  // The store with the log of the segment that has this number changed to `log`.
  StoreResult<std::unique_ptr<Store>> OpenWith(std::uint32_t segment, const std::string& log) {
    return OpenWith({{LogName(segment), log}});
  }
  StoreResult<std::unique_ptr<Store>> OpenWith(const Pairs& files) {
    std::filesystem::remove_all(changed_);
    std::filesystem::copy(path_, changed_);
    for (const auto& [name, bytes] : files) WriteFile(changed_ / name, bytes);
    return OpenLmdb(changed_, Patient());
  }
  static std::string LogName(std::uint32_t segment) { return "log." + std::to_string(segment % 2); }
  std::string Log(std::uint32_t segment) const { return ReadFile(path_ / LogName(segment)); }

  testing::TemporaryDirectory temporary_;
  std::filesystem::path path_ = temporary_.path() / "store";
  std::filesystem::path changed_ = temporary_.path() / "changed";
};

TEST_F(RedoLogOnDisk, WhatIsLoggedIsThereAfterACrash) {
  ASSERT_TRUE(CommitAndDie({Put("a", "1"), Put("b", "2")}));
  ASSERT_TRUE(CommitAndDie({Put("c", "3")}));
  auto store = OpenLmdb(path_).value();
  EXPECT_EQ(Contents(*store), (Pairs{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(store->NewReader().value()->revision(), 4U);
}

TEST_F(RedoLogOnDisk, RecordThatIsCutShortOrTornAnywhereIsDropped) {
  ASSERT_TRUE(CommitAndDie({Put("a", "1"), Put("b", std::string(5000, 'b'))}));
  const std::string log = Log(1);
  constexpr std::size_t begin = 2 * kBlockBytes;
  constexpr std::size_t bytes = 32 + 6 + 1 + 5000;
  for (std::size_t at = 0; at < bytes; at += at < 48 ? 1 : 331) {
    std::string flipped = log;
    flipped[begin + at] = static_cast<char>(flipped[begin + at] ^ 0x40);
    std::string zeroed = log;
    std::fill_n(zeroed.begin() + begin + at, log.size() - begin - at, '\0');
    for (const std::string& broken : {log.substr(0, begin + at), flipped, zeroed}) {
      if (at >= 28 && at < 32 && broken == flipped) continue;  // Bytes that say nothing.
      auto opened = OpenWith(1, broken);
      ASSERT_TRUE(opened.ok()) << opened.error().message;
      ASSERT_EQ(Contents(**opened), (Pairs{{"a", "1"}})) << at;
      if (at % 8 != 0) continue;
      ASSERT_TRUE((*opened)->CommitAndWait(Put("c", "3")).ok());
      opened = Failure{StoreError{}};
      ASSERT_EQ(Contents(*OpenLmdb(changed_).value()), (Pairs{{"a", "1"}, {"c", "3"}}));
    }
  }
}

TEST_F(RedoLogOnDisk, DamageBeforeTheLastRecordIsRefused) {
  ASSERT_TRUE(CommitAndDie({Put("a", "1"), Put("b", "2"), Put("c", "3")}));
  for (std::size_t at : {0 * kBlockBytes + 20, 1 * kBlockBytes, 2 * kBlockBytes + 39}) {
    std::string log = Log(1);
    log[at] = static_cast<char>(log[at] ^ 1);
    const auto opened = OpenWith(1, log);
    ASSERT_FALSE(opened.ok()) << at;
    EXPECT_EQ(opened.error().kind, Kind::kCorrupt);
    EXPECT_THAT(opened.error().message, HasSubstr("the log is damaged"));
  }
}

TEST_F(RedoLogOnDisk, LosingAFileIsRefused) {
  ASSERT_TRUE(CommitAndDie({Put("a", "1")}));
  for (const char* name : {"log.0", "log.1"}) {
    std::filesystem::remove_all(changed_);
    std::filesystem::copy(path_, changed_);
    std::filesystem::remove(changed_ / name);
    EXPECT_FALSE(OpenLmdb(changed_).ok()) << name;
  }
}

TEST_F(RedoLogOnDisk, LogWhoseMakingWasInterruptedIsMadeAnew) {
  EXPECT_TRUE(OpenLmdb(path_, Patient()).ok());
  for (const std::vector<const char*>& lost : std::vector<std::vector<const char*>>{{"log.0"}, {"log.0", "log.1"}}) {
    for (const char* name : lost) std::filesystem::remove(path_ / name);
    WriteFile(path_ / "log.new", "left over");
    ASSERT_TRUE(CommitAndDie({Put("a", "1")}));
    auto store = OpenLmdb(path_).value();
    EXPECT_EQ(Contents(*store), (Pairs{{"a", "1"}}));
    store.reset();
    std::filesystem::remove_all(path_);
    EXPECT_TRUE(OpenLmdb(path_, Patient()).ok());
  }
}

// Every mix of blocks that are on the disk already with blocks that are not.
template <class Check>
void ForEveryMixture(const std::string& before, const std::string& after, const Check& check) {
  std::string padded = before;
  padded.resize(after.size(), '\0');
  std::vector<std::size_t> changed;
  for (std::size_t at = 0; at < after.size(); at += kBlockBytes) {
    if (padded.compare(at, kBlockBytes, after, at, kBlockBytes) != 0) changed.push_back(at);
  }
  ASSERT_GT(changed.size(), 1U);
  ASSERT_LT(changed.size(), 8U);
  for (std::size_t mixture = 0; mixture < std::size_t{1} << changed.size(); ++mixture) {
    std::string mixed = padded;
    for (std::size_t i = 0; i < changed.size(); ++i) {
      if ((mixture >> i & 1) != 0) mixed.replace(changed[i], kBlockBytes, after, changed[i], kBlockBytes);
    }
    check(mixed, mixture + 1 == std::size_t{1} << changed.size());
  }
}

TEST_F(RedoLogOnDisk, PowerCutInAnyOrderOfBlocksLeavesARecordWholeOrNotAtAll) {
  ASSERT_TRUE(CommitAndDie({Put("a", "1")}));
  const std::string before = Log(1);
  ASSERT_TRUE(CommitAndDie({Put("b", std::string(14000, 'b'))}));
  ForEveryMixture(before, Log(1), [&](const std::string& log, bool whole) {
    const auto opened = OpenWith(1, log);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    ASSERT_EQ(Contents(**opened).size(), whole ? 2U : 1U);
  });
}

TEST_F(RedoLogOnDisk, PowerCutInAnyOrderOfBlocksLeavesASegmentWholeOrNotAtAll) {
  // The record that begins the third segment, in the file of the first, which LMDB has by then.
  const LmdbOptions options{.log_bytes = 3 * kBlockBytes, .log_age = std::chrono::hours(1)};
  std::size_t count = 0;
  std::string first;
  std::string third;
  // When a segment is taken into LMDB is up to a thread: so one commit after the other, until the third begins.
  while (third.empty() || DecodeSegmentHeader(third)->number == 1) {
    first = third;
    ASSERT_LT(count, 100U);
    ASSERT_TRUE(CommitAndDie({Put("k" + std::to_string(count), "v")}, options));
    ++count;
    third = Log(3);
  }
  ASSERT_EQ(DecodeSegmentHeader(first)->number, 1U);
  ASSERT_EQ(DecodeSegmentHeader(third)->number, 3U);
  ForEveryMixture(first, third, [&](const std::string& log, bool) {
    const auto opened = OpenWith(3, log);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    const std::size_t found = Contents(**opened).size();
    ASSERT_TRUE(found == count || found == count - 1) << found;
  });
}

TEST_F(RedoLogOnDisk, ReplayingTwiceIsAsReplayingOnce) {
  Batch changes = Put("a", "2");
  changes.writes["b"] = std::nullopt;
  ASSERT_TRUE(CommitAndDie({Put("a", "1"), Put("b", "1"), changes, Put("c", "1")}));
  const std::string log = Log(1);
  Revision revision = 0;
  for (int i = 0; i < 3; ++i) {
    auto store = OpenLmdb(path_).value();
    EXPECT_EQ(Contents(*store), (Pairs{{"a", "2"}, {"c", "1"}}));
    const Revision now = store->NewReader().value()->revision();
    EXPECT_TRUE(i == 0 || now == revision);
    revision = now;
    store.reset();
    // LMDB has it all now, and the log begins again with what LMDB had at first.
    WriteFile(path_ / "log.0", std::string(kBlockBytes, '\0'));
    WriteFile(path_ / "log.1", log);
  }
  auto store = OpenLmdb(path_).value();
  EXPECT_EQ(store->CommitAndWait(Put("d", "1")).value(), revision + 1);
}

TEST_F(RedoLogOnDisk, LogThatBeginsAfterWhatIsStoredIsRefused) {
  ASSERT_TRUE(CommitAndDie({Put("a", "1")}));
  const std::string old = ReadFile(path_ / "data.mdb");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(OpenLmdb(path_).value()->CommitAndWait(Put("a", std::to_string(i))).ok());
  const auto opened = OpenWith({{"data.mdb", old}});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, Kind::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("the log does not go on from what is stored"));
}

TEST_F(RedoLogOnDisk, LogOfAnotherStoreIsRefused) {
  ASSERT_TRUE(CommitAndDie({Put("a", "1")}));
  const auto other = temporary_.path() / "other";
  EXPECT_TRUE(OpenLmdb(other).value()->CommitAndWait(Put("b", "1")).ok());
  const auto opened = OpenWith({{"log.0", ReadFile(other / "log.0")}, {"log.1", ReadFile(other / "log.1")}});
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, Kind::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("the log is of another store"));
}

TEST_F(RedoLogOnDisk, ClosingEmptiesTheLog) {
  EXPECT_TRUE(OpenLmdb(path_, Patient()).value()->CommitAndWait(Put("a", "1")).ok());
  const auto copy = temporary_.path() / "copy";
  std::filesystem::create_directory(copy);
  std::filesystem::copy(path_ / "data.mdb", copy);
  EXPECT_EQ(Contents(*OpenLmdb(copy).value()), (Pairs{{"a", "1"}}));
}

// Tells when something has been done a number of times.
class Count {
 public:
  explicit Count(int wanted) : left_(wanted) {}
  void Add() {
    if (--left_ == 0) reached_.set_value();
  }
  void Wait() { reached_.get_future().wait(); }

 private:
  std::atomic<int> left_;
  std::promise<void> reached_;
};

TEST_F(RedoLogOnDisk, AgeTakesWhatIsLoggedIntoLmdb) {
  Count checkpoints(1);
  const auto store = OpenLmdb(path_, {.log_age = std::chrono::milliseconds(1),
                                      .at_step =
                                          [&](std::string_view step) {
                                            if (step == "end a checkpoint") checkpoints.Add();
                                          }})
                         .value();
  EXPECT_TRUE(store->CommitAndWait(Put("a", "1")).ok());
  checkpoints.Wait();
  EXPECT_EQ(Contents(*store), (Pairs{{"a", "1"}}));
}

TEST_F(RedoLogOnDisk, LogStaysWithinItsBoundsWhenTheCheckpointerIsStuck) {
  std::promise<void> go;
  std::atomic<int> begun = 0;
  LmdbOptions options{.log_bytes = 16 * kBlockBytes};
  options.at_step = [&](std::string_view step) {
    // The first to begin is the checkpointer, as commits only do so when it is late.
    if (step == "begin a checkpoint" && begun++ == 0) go.get_future().wait();
  };
  auto store = OpenLmdb(path_, options).value();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(store->CommitAndWait(Put(std::to_string(i), "1")).ok());
  EXPECT_GT(begun, 1);
  EXPECT_EQ(Contents(*store).size(), 300U);
  for (const char* name : {"log.0", "log.1"}) EXPECT_LE(std::filesystem::file_size(path_ / name), 1U << 20);
  go.set_value();
  store.reset();
  EXPECT_EQ(Contents(*OpenLmdb(path_).value()).size(), 300U);
}

TEST_F(RedoLogOnDisk, ReaderKeepsItsSnapshotAcrossCheckpoints) {
  const auto store = OpenLmdb(path_, {.log_bytes = 8 * kBlockBytes}).value();
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 100; ++i) {
    readers.push_back(store->NewReader().value());
    Batch batch = Put("count", std::to_string(i));
    batch.writes["k" + std::to_string(i % 10)] = std::to_string(i);
    if (i % 10 == 9) batch.writes["k3"] = std::nullopt;
    ASSERT_TRUE(store->CommitAndWait(batch).ok());
  }
  for (int i = 1; i < 100; ++i) {
    EXPECT_EQ(Get(*readers[i], "count"), std::to_string(i - 1));
    EXPECT_EQ(Get(*readers[i], "k" + std::to_string((i - 1) % 10)), std::to_string(i - 1));
    EXPECT_EQ(Scan(*readers[i], "k").size(), static_cast<std::size_t>(std::min(i, 10)) - (i >= 10 && i % 10 <= 3));
  }
}

}  // namespace
}  // namespace claviger::store

#include "store/lmdb.h"

#include <lmdb.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "suites/store_suite.h"

namespace claviger::store {
namespace {

using ::testing::HasSubstr;

struct OnDisk {
  static std::unique_ptr<Store> Open(const std::filesystem::path& directory) { return OpenLmdb(directory).value(); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Lmdb, StoreSuite, OnDisk);

// Of which LMDB takes over every few commits, while others go on.
struct OnDiskWithAShortLog {
  static std::unique_ptr<Store> Open(const std::filesystem::path& directory) {
    return OpenLmdb(directory, {.log_bytes = 24 << 10}).value();
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(ShortLog, StoreSuite, OnDiskWithAShortLog);

Batch Writes(const std::vector<std::pair<std::string, std::optional<std::string>>>& writes) {
  Batch batch;
  for (const auto& [key, value] : writes) batch.writes[key] = value;
  return batch;
}

Pairs Contents(Store& store) { return Scan(*store.NewReader().value(), ""); }

mode_t ModeOf(const std::filesystem::path& path) {
  struct stat found {};
  EXPECT_EQ(stat(path.c_str(), &found), 0);
  return found.st_mode & 07777;
}

// The database as LMDB itself sees it, to put things there that the store never would.
class RawDatabase {
 public:
  explicit RawDatabase(const std::filesystem::path& directory) {
    EXPECT_EQ(mdb_env_create(&env_), 0);
    EXPECT_EQ(mdb_env_open(env_, directory.c_str(), 0, 0600), 0);
  }
  ~RawDatabase() { mdb_env_close(env_); }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  void Put(std::string key, std::string value) {
    MDB_txn* txn = nullptr;
    MDB_dbi dbi = 0;
    EXPECT_EQ(mdb_txn_begin(env_, nullptr, 0, &txn), 0);
    EXPECT_EQ(mdb_dbi_open(txn, nullptr, 0, &dbi), 0);
    MDB_val key_val{key.size(), key.data()};
    MDB_val value_val{value.size(), value.data()};
    EXPECT_EQ(mdb_put(txn, dbi, &key_val, &value_val, 0), 0);
    EXPECT_EQ(mdb_txn_commit(txn), 0);
  }
  void CopyTo(const std::filesystem::path& directory, unsigned flags) {
    std::filesystem::create_directory(directory);
    EXPECT_EQ(mdb_env_copy2(env_, directory.c_str(), flags), 0);
  }

 private:
  MDB_env* env_ = nullptr;
};

class LmdbStore : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open(const LmdbOptions& options = {}) { return OpenLmdb(path_, options).value(); }
  std::optional<Kind> Refusal(const std::string& reason) {
    const StoreResult<std::unique_ptr<Store>> opened = OpenLmdb(path_);
    if (opened.ok()) return std::nullopt;
    EXPECT_THAT(opened.error().message, HasSubstr(reason));
    return opened.error().kind;
  }

  testing::TemporaryDirectory temporary_;
  std::filesystem::path path_ = temporary_.path() / "store";
};

// Commits batches all at once, while the committer is held up: so they become one group, in this order.
class HeldCommits {
 public:
  explicit HeldCommits(Store& store) : store_(store) {
    std::promise<void> held;
    store_.Commit(Batch(), [this, &held](const StoreResult<Revision>&) {
      held.set_value();
      go_.get_future().wait();
    });
    held.get_future().wait();
  }
  void Add(Batch batch) {
    auto outcome = std::make_shared<std::promise<StoreResult<Revision>>>();
    outcomes_.push_back(outcome->get_future());
    store_.Commit(std::move(batch), [outcome](StoreResult<Revision> result) { outcome->set_value(std::move(result)); });
  }
  void Go() { go_.set_value(); }
  std::vector<StoreResult<Revision>> Wait() {
    std::vector<StoreResult<Revision>> results;
    for (auto& outcome : outcomes_) results.push_back(outcome.get());
    return results;
  }
  std::vector<StoreResult<Revision>> GoAndWait() {
    Go();
    return Wait();
  }

 private:
  Store& store_;
  std::promise<void> go_;
  std::vector<std::future<StoreResult<Revision>>> outcomes_;
};

TEST_F(LmdbStore, ReopeningKeepsEverything) {
  const Revision revision = Open()->CommitAndWait(Writes({{"a", "1"}, {"b", "2"}})).value();
  const auto store = Open();
  EXPECT_EQ(Contents(*store), (Pairs{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(store->NewReader().value()->revision(), revision);
  EXPECT_EQ(store->NewReader().value()->Get("a").value()->revision, revision);
}

TEST_F(LmdbStore, NobodyElseMayReadIt) {
  Open();
  EXPECT_EQ(ModeOf(path_), 0700U);
  EXPECT_EQ(ModeOf(path_ / "data.mdb"), 0600U);
  EXPECT_EQ(ModeOf(path_ / "lock.mdb"), 0600U);
}

TEST_F(LmdbStore, RefusesADirectoryThatCannotBe) {
  path_ = temporary_.path() / "absent" / "store";
  EXPECT_EQ(Refusal("No such file or directory"), Kind::kUnavailable);
  path_ = temporary_.path() / "file";
  std::ofstream(path_) << "text";
  EXPECT_EQ(Refusal("Not a directory"), Kind::kUnavailable);
}

TEST_F(LmdbStore, RefusesASecondOpenInOneProcess) {
  auto store = Open();
  EXPECT_EQ(Refusal("open in this process already"), Kind::kUnavailable);
  std::filesystem::create_directory_symlink(path_, temporary_.path() / "link");
  EXPECT_FALSE(OpenLmdb(temporary_.path() / "link").ok());
  auto reader = store->NewReader().value();
  store.reset();
  EXPECT_EQ(Refusal("open in this process already"), Kind::kUnavailable);
  reader.reset();
  EXPECT_EQ(Refusal(""), std::nullopt);
}

TEST_F(LmdbStore, RefusesWhatIsNoDatabase) {
  std::filesystem::create_directory(path_);
  std::ofstream(path_ / "data.mdb") << std::string(100000, 'x');
  EXPECT_EQ(Refusal("not an LMDB file"), Kind::kCorrupt);
}

TEST_F(LmdbStore, RefusesAForeignDatabase) {
  std::filesystem::create_directory(path_);
  RawDatabase(path_).Put("key", "value");
  EXPECT_EQ(Refusal("something else than a store"), Kind::kCorrupt);
  RawDatabase(path_).Put("m", "not our record");
  EXPECT_EQ(Refusal("something else than a store"), Kind::kCorrupt);
  RawDatabase(path_).Put("m", std::string("claviger\1\0\0\0 but too short", 24));
  EXPECT_EQ(Refusal("something else than a store"), Kind::kCorrupt);
}

TEST_F(LmdbStore, RefusesANewerFormat) {
  Open();
  RawDatabase(path_).Put("m", std::string("claviger\3\0\0\0and more", 20));
  EXPECT_EQ(Refusal("the store has format 3, this program knows none newer than 2"), Kind::kUnavailable);
}

TEST_F(LmdbStore, FormatIsAsDocumented) {
  Open()->CommitAndWait(Writes({{"key", "value"}})).value();
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  ASSERT_EQ(mdb_env_create(&env), 0);
  ASSERT_EQ(mdb_env_open(env, path_.c_str(), MDB_RDONLY, 0600), 0);
  ASSERT_EQ(mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn), 0);
  ASSERT_EQ(mdb_dbi_open(txn, nullptr, 0, &dbi), 0);
  const auto get = [&](std::string key) {
    MDB_val key_val{key.size(), key.data()};
    MDB_val value{};
    EXPECT_EQ(mdb_get(txn, dbi, &key_val, &value), 0);
    return std::string(static_cast<const char*>(value.mv_data), value.mv_size);
  };
  const std::string format = get("m");
  ASSERT_EQ(format.size(), 40U);
  EXPECT_EQ(format.substr(0, 16), std::string("claviger\2\0\0\0\0\0\0\0", 16));
  EXPECT_EQ(format.substr(32), std::string("\2\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(get("dkey"), std::string("\2\0\0\0\0\0\0\0value", 13));
  mdb_txn_abort(txn);
  mdb_env_close(env);
}

TEST_F(LmdbStore, TakesOverAStoreWithoutALog) {
  std::filesystem::create_directory(path_);
  // As the program before wrote it: revisions are LMDB's ids, and seven.
  RawDatabase(path_).Put("m", std::string("claviger\1\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\x8\0\0\0\0\0\0\0", 32));
  RawDatabase(path_).Put("dkey", std::string("\x9\0\0\0\0\0\0\0value", 13));
  const auto store = Open();
  const auto reader = store->NewReader().value();
  EXPECT_EQ(reader->revision(), 9U);
  EXPECT_EQ(Get(*reader, "key"), "value");
  EXPECT_EQ(reader->Get("key").value()->revision, 9U);
  EXPECT_EQ(store->CommitAndWait(Writes({{"key", "new"}})).value(), 10U);
}

TEST_F(LmdbStore, TakesOverACopyOfAStoreWithoutALog) {
  std::filesystem::create_directory(path_);
  RawDatabase(path_).Put("m", std::string("claviger\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x64\0\0\0\0\0\0\0", 32));
  RawDatabase(path_).Put("dkey", std::string("\x63\0\0\0\0\0\0\0value", 13));
  const auto store = Open();
  EXPECT_EQ(Contents(*store), (Pairs{{"key", "value"}}));
  EXPECT_EQ(store->CommitAndWait(Writes({{"key", "new"}})).value(), 101U);
}

TEST_F(LmdbStore, CopyIsWhole) {
  const std::filesystem::path copy = temporary_.path() / "copy";
  Open()->CommitAndWait(Writes({{"a", "1"}, {"b", "2"}})).value();
  ASSERT_TRUE(CopyLmdb(path_, copy).ok());
  EXPECT_EQ(ModeOf(copy), 0700U);
  EXPECT_EQ(ModeOf(copy / "data.mdb"), 0600U);
  EXPECT_FALSE(CopyLmdb(path_, copy).ok());  // A copy is never overwritten.
  path_ = copy;
  const auto store = Open();
  EXPECT_EQ(Contents(*store), (Pairs{{"a", "1"}, {"b", "2"}}));
  EXPECT_TRUE(store->CommitAndWait(Writes({{"c", "3"}})).ok());
}

TEST_F(LmdbStore, TellsAValueItCannotHaveWritten) {
  Open()->CommitAndWait(Writes({{"a", "1"}, {"z", "1"}})).value();
  RawDatabase(path_).Put("dshort", "1234567");
  RawDatabase(path_).Put("dfuture", std::string("\xff\0\0\0\0\0\0\0value", 13));
  const auto store = Open();
  const auto reader = store->NewReader().value();
  EXPECT_EQ(reader->Get("short").error().kind, Kind::kCorrupt);
  EXPECT_EQ(reader->Get("future").error().kind, Kind::kCorrupt);
  EXPECT_EQ(reader->Scan("", "", [](auto, auto&) { return true; }).error().kind, Kind::kCorrupt);
  EXPECT_EQ(Get(*reader, "z"), "1");

  // One batch that comes upon it does not take the others of its group along.
  Batch unlucky = Writes({{"b", "1"}});
  unlucky.reads["short"] = 1;
  HeldCommits commits(*store);
  commits.Add(Writes({{"c", "1"}}));
  commits.Add(std::move(unlucky));
  const auto results = commits.GoAndWait();
  EXPECT_EQ(Outcome(results[0]), std::nullopt);
  EXPECT_EQ(Outcome(results[1]), Kind::kCorrupt);
}

TEST_F(LmdbStore, CommitsWhatWaitsTogether) {
  const auto store = Open();
  const Revision before = store->NewReader().value()->revision();
  HeldCommits commits(*store);
  for (int i = 0; i < 100; ++i) commits.Add(Writes({{std::to_string(i), "1"}}));
  for (const StoreResult<Revision>& result : commits.GoAndWait()) EXPECT_EQ(result.value(), before + 1);
  EXPECT_EQ(Contents(*store).size(), 100U);
}

TEST_F(LmdbStore, BoundsTheGroups) {
  const auto store = Open({.group_batches_max = 2, .group_bytes_max = 1000});
  const Revision before = store->NewReader().value()->revision();
  HeldCommits commits(*store);
  for (int i = 0; i < 4; ++i) commits.Add(Writes({{std::to_string(i), "1"}}));
  commits.Add(Writes({{"large", std::string(600, 'x')}}));
  commits.Add(Writes({{"large too", std::string(600, 'x')}}));
  commits.Add(Writes({{"larger than allowed", std::string(6000, 'x')}}));
  std::vector<Revision> groups;
  for (const StoreResult<Revision>& result : commits.GoAndWait()) groups.push_back(result.value() - before);
  EXPECT_EQ(groups, (std::vector<Revision>{1, 1, 2, 2, 3, 4, 5}));
}

TEST_F(LmdbStore, ChecksAgainstEarlierBatchesOfTheSameGroup) {
  const auto store = Open();
  const Revision revision = store->CommitAndWait(Writes({{"a", "0"}, {"other", "0"}})).value();
  const auto increment = [&](const std::string& key, const std::string& value) {
    Batch batch = Writes({{key, value}});
    batch.snapshot = revision;
    batch.reads[key] = revision;
    return batch;
  };
  Batch scanning = Writes({{"b", "1"}});
  scanning.snapshot = revision;
  scanning.ranges[{"", ""}] = {.last = std::nullopt, .count = 2};
  HeldCommits commits(*store);
  commits.Add(increment("a", "1"));
  commits.Add(increment("a", "2"));
  commits.Add(std::move(scanning));
  commits.Add(increment("other", "3"));
  const auto results = commits.GoAndWait();
  EXPECT_EQ(Outcome(results[0]), std::nullopt);
  EXPECT_EQ(Outcome(results[1]), Kind::kConflict);
  EXPECT_EQ(Outcome(results[2]), Kind::kConflict);
  EXPECT_EQ(Outcome(results[3]), std::nullopt);
  EXPECT_EQ(Contents(*store), (Pairs{{"a", "1"}, {"other", "3"}}));
}

TEST_F(LmdbStore, ShutsDownOnlyWhenAllIsCommitted) {
  auto store = Open();
  int succeeded = 0;
  for (int i = 0; i < 100; ++i) {
    store->Commit(Writes({{std::to_string(i), "1"}}), [&](const StoreResult<Revision>& r) { succeeded += r.ok(); });
  }
  store.reset();
  EXPECT_EQ(succeeded, 100);
  EXPECT_EQ(Contents(*Open()).size(), 100U);
}

TEST_F(LmdbStore, RefusesWhenTooMuchIsWaiting) {
  const auto store = Open({.waiting_bytes_max = 1000});
  HeldCommits commits(*store);
  commits.Add(Writes({{"any size when nothing waits", std::string(5000, 'x')}}));
  commits.Add(Writes({{"b", "1"}}));
  const auto results = commits.GoAndWait();
  EXPECT_EQ(Outcome(results[0]), std::nullopt);
  EXPECT_EQ(Outcome(results[1]), Kind::kUnavailable);
  EXPECT_EQ(Outcome(store->CommitAndWait(Writes({{"b", "1"}}))), std::nullopt);
}

TEST_F(LmdbStore, WhenFullWritesNothingOfTheBatch) {
  const auto store = Open({.map_bytes = 1 << 20});
  const std::string value(10000, 'x');
  int written = 0;
  while (store->CommitAndWait(Writes({{"k" + std::to_string(written), value}})).ok()) ++written;
  EXPECT_GT(written, 50);
  const Pairs before = Contents(*store);
  const Revision revision = store->NewReader().value()->revision();
  EXPECT_EQ(Outcome(store->CommitAndWait(Writes({{"a", "small"}, {"b", value}, {"c", value}, {"k0", std::nullopt}}))),
            Kind::kFull);
  EXPECT_EQ(Outcome(store->CommitAndWait(Writes({{"huge", std::string(2 << 20, 'x')}}))), Kind::kFull);
  EXPECT_EQ(Contents(*store), before);
  EXPECT_EQ(store->NewReader().value()->revision(), revision);
}

TEST_F(LmdbStore, WhenFullStillDeletes) {
  const auto store = Open({.map_bytes = 1 << 20});
  // Small values and large: inner pages, leaves and overflow pages.
  for (const std::size_t size : {std::size_t{1500}, std::size_t{5000}}) {
    int written = 0;
    while (store->CommitAndWait(Writes({{"k" + std::to_string(written), std::string(size, 'x')}})).ok()) ++written;
    for (int i = 0; i < written; ++i) {
      ASSERT_EQ(Outcome(store->CommitAndWait(Writes({{"k" + std::to_string(i), std::nullopt}}))), std::nullopt);
    }
    EXPECT_EQ(Contents(*store), Pairs());
  }
  EXPECT_EQ(Outcome(store->CommitAndWait(Writes({{"a", std::string(5000, 'x')}}))), std::nullopt);
}

TEST_F(LmdbStore, WhenFullTheRestOfAGroupSucceeds) {
  const auto store = Open({.map_bytes = 1 << 20});
  const std::string value(10000, 'x');
  for (int i = 0; store->CommitAndWait(Writes({{"k" + std::to_string(i), value}})).ok();) ++i;
  HeldCommits commits(*store);
  commits.Add(Writes({{"a", value}}));
  commits.Add(Writes({{"k0", std::nullopt}, {"k1", std::nullopt}}));
  commits.Add(Writes({{"b", value}}));
  commits.Add(Writes({{"c", std::string(1 << 20, 'x')}}));
  const auto results = commits.GoAndWait();
  EXPECT_EQ(Outcome(results[0]), Kind::kFull);
  EXPECT_EQ(Outcome(results[1]), std::nullopt);
  EXPECT_EQ(Outcome(results[2]), std::nullopt);
  EXPECT_EQ(Outcome(results[3]), Kind::kFull);
  EXPECT_EQ(AsString(store->NewReader().value()->Get("b")), value);
}

// However full: what was acknowledged is never more than LMDB can take.
TEST_F(LmdbStore, WhatIsLoggedAlwaysFits) {
  std::mt19937_64 random(5);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same at every run.
  const std::filesystem::path alone = temporary_.path() / "alone";
  std::map<std::string, std::string> model;
  int refused = 0;
  for (int round = 0; round < 12; ++round) {
    auto store = Open({.map_bytes = 2 << 20, .log_age = std::chrono::hours(1)});
    for (int i = 0; i < 60; ++i) {
      Batch batch;
      for (std::uint64_t left = 1 + random() % 12; left > 0; --left) {
        const std::string key = std::to_string(random() % 1500);
        const bool deletes = random() % 8 == 0;
        const std::size_t size = random() % 4 == 0 ? random() % 9000 : random() % 1500;
        batch.writes[key] = deletes ? std::nullopt : std::optional(std::string(size, 'v') + std::to_string(i));
      }
      const StoreResult<Revision> result = store->CommitAndWait(batch);
      refused += !result.ok();
      if (!result.ok()) {
        ASSERT_EQ(result.error().kind, Kind::kFull);
        continue;
      }
      for (auto& [key, value] : batch.writes) {
        model.erase(key);
        if (value) model[key] = *value;
      }
    }
    store.reset();
    std::filesystem::remove_all(alone);
    std::filesystem::create_directory(alone);
    std::filesystem::copy(path_ / "data.mdb", alone);
    ASSERT_EQ(Contents(*OpenLmdb(alone).value()), Pairs(model.begin(), model.end()));
  }
  EXPECT_GT(refused, 10);
}

TEST_F(LmdbStore, RevisionsGoOnInACompactedCopy) {
  const std::filesystem::path original = path_;
  const std::filesystem::path copy = temporary_.path() / "copy";
  Revision last = 0;
  {
    const auto store = Open();
    for (int i = 0; i < 20; ++i) last = store->CommitAndWait(Writes({{"a", std::to_string(i)}})).value();
  }
  // Twice: the copy of a copy must go on too.
  for (int i = 0; i < 2; ++i) {
    RawDatabase(path_).CopyTo(copy, MDB_CP_COMPACT);
    std::filesystem::remove_all(path_);
    std::filesystem::rename(copy, path_);
    const auto store = Open();
    const auto reader = store->NewReader().value();
    EXPECT_EQ(Get(*reader, "a"), "19");
    EXPECT_GE(reader->revision(), last);
    last = store->CommitAndWait(Writes({{"b", "1"}})).value();
    EXPECT_GT(last, reader->revision());
  }
  EXPECT_EQ(Open()->NewReader().value()->revision(), last);
}

TEST_F(LmdbStore, EveryReaderNeedsASlotAndSoDoesTheStore) {
  const auto store = Open({.readers_max = 3});
  auto first = store->NewReader();
  auto second = store->NewReader();
  const auto third = store->NewReader();
  ASSERT_FALSE(third.ok());
  EXPECT_EQ(third.error().kind, Kind::kUnavailable);
  EXPECT_THAT(third.error().message, HasSubstr("every reader slot is taken"));
  second = Failure{StoreError{Kind::kUnavailable, "gone"}};
  EXPECT_TRUE(store->NewReader().ok());
}

TEST_F(LmdbStore, ReleasedReaderHoldsNoSpace) {
  const auto store = Open({.map_bytes = 1 << 20});
  const auto reader = store->NewReader().value();
  const auto churn = [&] {
    for (int i = 0; i < 500; ++i) {
      if (!store->CommitAndWait(Writes({{"a", std::string(8000, 'x')}})).ok()) return false;
    }
    return true;
  };
  EXPECT_FALSE(churn());
  reader->Release();
  EXPECT_TRUE(churn());
}

}  // namespace
}  // namespace claviger::store

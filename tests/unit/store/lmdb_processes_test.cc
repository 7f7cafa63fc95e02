// Several processes on one directory, and processes that die.
#include <lmdb.h>
#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "store/lmdb.h"
#include "suites/child_process.h"
#include "suites/store_testing.h"
#include "suites/temporary_directory.h"

namespace claviger::store {
namespace {

using testing::ChildProcess;
using testing::Pipe;

class LmdbProcesses : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open(const LmdbOptions& options = {}) { return OpenLmdb(path_, options).value(); }
  void WriteAtOnce(const LmdbOptions& options);
  void KillAtAnyMoment(const LmdbOptions& options);

  testing::TemporaryDirectory temporary_;
  std::filesystem::path path_ = temporary_.path() / "store";
};

bool Put(Store& store, const std::string& key, const std::string& value) {
  Batch batch;
  batch.writes.emplace(key, value);
  return store.CommitAndWait(std::move(batch)).ok();
}

// Adds 1 to a counter, again and again until it succeeds.
bool Increment(Store& store, Reader& reader, const std::string& key) {
  while (true) {
    if (!reader.Refresh().ok()) return false;
    Transaction transaction(reader);
    const std::string now = Get(transaction, key);
    transaction.Put(key, std::to_string(now == "absent" ? 1 : std::stoi(now) + 1));
    const StoreResult<Revision> result = store.CommitAndWait(transaction.TakeBatch());
    if (result.ok()) return true;
    if (result.error().kind != Kind::kConflict) return false;
  }
}

TEST_F(LmdbProcesses, SeeEachOthersCommits) {
  Pipe ready;
  Pipe go;
  ChildProcess child([&] {
    const auto store = Open();
    const auto reader = store->NewReader().value();
    const Revision before = reader->revision();
    char signal = 0;
    if (!ready.Write('r') || !go.Read(signal)) return false;
    const bool stable = Get(*reader, "a") == "absent";
    return stable && reader->Refresh().ok() && Get(*reader, "a") == "1" && reader->revision() > before &&
           Put(*store, "b", "2");
  });
  char signal = 0;
  ASSERT_TRUE(ready.Read(signal));
  const auto store = Open();
  const auto reader = store->NewReader().value();
  ASSERT_TRUE(Put(*store, "a", "1"));
  ASSERT_TRUE(go.Write('g'));
  ASSERT_TRUE(child.Wait());
  EXPECT_EQ(Get(*reader, "b"), "absent");
  ASSERT_TRUE(reader->Refresh().ok());
  EXPECT_EQ(Get(*reader, "b"), "2");
}

TEST_F(LmdbProcesses, ConflictWithEachOther) {
  Pipe ready;
  Pipe go;
  ChildProcess child([&] {
    const auto store = Open();
    const auto reader = store->NewReader().value();
    Transaction transaction(*reader);
    Get(transaction, "a");
    transaction.Put("a", "child");
    char signal = 0;
    if (!ready.Write('r') || !go.Read(signal)) return false;
    return Outcome(store->CommitAndWait(transaction.TakeBatch())) == Kind::kConflict;
  });
  char signal = 0;
  ASSERT_TRUE(ready.Read(signal));
  const auto store = Open();
  ASSERT_TRUE(Put(*store, "a", "parent"));
  ASSERT_TRUE(go.Write('g'));
  EXPECT_TRUE(child.Wait());
  EXPECT_EQ(Get(*store->NewReader().value(), "a"), "parent");
}

void LmdbProcesses::WriteAtOnce(const LmdbOptions& options) {
  constexpr int processes = 3;
  constexpr int increments = 100;
  std::array<std::unique_ptr<ChildProcess>, processes> children;
  for (int p = 0; p < processes; ++p) {
    children[p] = std::make_unique<ChildProcess>([&, p] {
      const auto store = Open(options);
      const auto reader = store->NewReader().value();
      for (int i = 0; i < increments; ++i) {
        if (!Increment(*store, *reader, "shared") || !Put(*store, std::to_string(p) + "/" + std::to_string(i), "1")) {
          return false;
        }
      }
      return true;
    });
  }
  for (const auto& child : children) EXPECT_TRUE(child->Wait());
  const auto store = Open(options);
  const auto reader = store->NewReader().value();
  EXPECT_EQ(Get(*reader, "shared"), std::to_string(processes * increments));
  for (int p = 0; p < processes; ++p) EXPECT_EQ(Scan(*reader, std::to_string(p) + "/").size(), increments);
}

TEST_F(LmdbProcesses, WritingAtOnceLoseNothing) { WriteAtOnce({}); }

// Each goes on in segments that the others began, and finds in LMDB what they took there.
TEST_F(LmdbProcesses, WritingAtOnceInAShortLogLoseNothing) { WriteAtOnce({.log_bytes = 24 << 10}); }

TEST_F(LmdbProcesses, CopyHoldsWhatAnotherHasCommitted) {
  Pipe ready;
  ChildProcess child([&] {
    const auto store = Open();
    ready.Write(Put(*store, "a", "1"));
    pause();
    return false;
  });
  bool put = false;
  ASSERT_TRUE(ready.Read(put));
  ASSERT_TRUE(put);
  ASSERT_TRUE(CopyLmdb(path_, temporary_.path() / "copy").ok());
  const auto copy = OpenLmdb(temporary_.path() / "copy").value();
  EXPECT_EQ(Scan(*copy->NewReader().value(), ""), (Pairs{{"a", "1"}}));
}

TEST_F(LmdbProcesses, StoreOfAnOlderProgramIsNotTakenOverWhileItRuns) {
  // What the older program does to be there: it has the LMDB files open.
  Pipe ready;
  ChildProcess child([&] {
    std::filesystem::create_directory(path_);
    MDB_env* env = nullptr;
    MDB_txn* txn = nullptr;
    MDB_dbi dbi = 0;
    std::string format("claviger\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 32);
    MDB_val key{1, const_cast<char*>("m")};
    MDB_val value{format.size(), format.data()};
    const bool written = mdb_env_create(&env) == 0 && mdb_env_open(env, path_.c_str(), 0, 0600) == 0 &&
                         mdb_txn_begin(env, nullptr, 0, &txn) == 0 && mdb_dbi_open(txn, nullptr, 0, &dbi) == 0 &&
                         mdb_put(txn, dbi, &key, &value, 0) == 0 && mdb_txn_commit(txn) == 0;
    ready.Write(written);
    pause();
    return false;
  });
  bool written = false;
  ASSERT_TRUE(ready.Read(written));
  ASSERT_TRUE(written);
  const auto refused = OpenLmdb(path_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "an older program has the store open: stop it first");
  child.Kill();
  EXPECT_TRUE(Put(*Open(), "a", "1"));
}

TEST_F(LmdbProcesses, ForkedChildCannotUseTheParentsStore) {
  auto store = Open();
  auto reader = store->NewReader().value();
  ASSERT_TRUE(Put(*store, "a", "1"));
  ASSERT_TRUE(reader->Refresh().ok());
  ChildProcess child([&] {
    const bool refused = !store->NewReader().ok() && !Put(*store, "b", "1") && !reader->Get("a").ok() &&
                         !reader->Refresh().ok() && !reader->Get("a").ok();
    reader->Release();
    reader.reset();
    store.reset();
    // One of its own is another matter.
    const auto own = OpenLmdb(path_);
    return refused && own.ok() && Get(*own.value()->NewReader().value(), "a") == "1" && Put(*own.value(), "c", "1");
  });
  EXPECT_TRUE(child.Wait());
  EXPECT_EQ(Get(*reader, "a"), "1");
  ASSERT_TRUE(reader->Refresh().ok());
  EXPECT_EQ(Get(*reader, "c"), "1");
  EXPECT_TRUE(Put(*store, "d", "1"));
}

TEST_F(LmdbProcesses, SlotsOfTheDeadAreTakenBack) {
  const auto store = Open({.readers_max = 4});  // One for each of the two processes, and two to take.
  Pipe ready;
  ChildProcess child([&] {
    const auto own = OpenLmdb(path_).value();
    const auto first = own->NewReader();
    const auto second = own->NewReader();
    ready.Write(first.ok() && second.ok());
    pause();
    return false;
  });
  bool taken = false;
  ASSERT_TRUE(ready.Read(taken));
  EXPECT_TRUE(taken);
  EXPECT_FALSE(store->NewReader().ok());
  child.Kill();
  EXPECT_TRUE(store->NewReader().ok());
}

TEST_F(LmdbProcesses, SpaceHeldByTheDeadIsTakenBack) {
  const auto store = Open({.map_bytes = 1 << 20});
  Pipe ready;
  ChildProcess child([&] {
    const auto own = OpenLmdb(path_, {.map_bytes = 1 << 20}).value();
    const auto reader = own->NewReader();
    ready.Write('r');
    pause();
    return false;
  });
  char signal = 0;
  ASSERT_TRUE(ready.Read(signal));
  const std::string value(8000, 'x');
  for (int i = 0; Put(*store, "a", value);) ASSERT_LT(++i, 1000);
  child.Kill();
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(Put(*store, "a", value));
}

TEST_F(LmdbProcesses, SurviveAFullDisk) {
  ChildProcess child([&] {
    // A limit on the size of files stands in for the disk.
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
    struct rlimit limit {};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t unlimited = limit.rlim_cur;
    limit.rlim_cur = 1 << 20;
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto store = Open();
    int written = 0;
    while (Put(*store, std::to_string(written), std::string(10000, 'x'))) ++written;
    Batch batch;
    batch.writes["more"] = std::string(100000, 'x');
    if (Outcome(store->CommitAndWait(batch)) != Kind::kFull) return false;
    limit.rlim_cur = unlimited;
    setrlimit(RLIMIT_FSIZE, &limit);
    return written > 50 && store->CommitAndWait(batch).ok() &&
           Scan(*store->NewReader().value(), "").size() == static_cast<std::size_t>(written) + 1;
  });
  EXPECT_TRUE(child.Wait());
}

TEST_F(LmdbProcesses, WhatAFullDiskKeepsFromLmdbStaysInTheLog) {
  Pipe pipe;
  ChildProcess child([&] {
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
    const struct rlimit limit { .rlim_cur = 3 << 20, .rlim_max = RLIM_INFINITY };
    setrlimit(RLIMIT_FSIZE, &limit);
    auto* store = Open({.log_bytes = 1 << 20}).release();
    int written = 0;
    while (Put(*store, std::to_string(written), std::string(10000, 'x'))) ++written;
    return pipe.Write(written);  // And dies without closing.
  });
  int written = 0;
  ASSERT_TRUE(pipe.Read(written));
  ASSERT_TRUE(child.Wait());
  EXPECT_GT(written, 200);
  EXPECT_EQ(Scan(*Open()->NewReader().value(), "").size(), static_cast<std::size_t>(written));
}

// Writers in a child, each with one commit under way at any time; every acknowledgement goes into a pipe.
struct Acknowledged {
  std::uint32_t writer;
  std::uint32_t count;
};

class CountingWriters {
 public:
  static constexpr std::uint32_t kWriters = 4;

  CountingWriters(Store& store, Pipe& acknowledgements, std::uint64_t seed)
      : store_(store), acknowledgements_(acknowledgements), random_(seed) {
    const auto reader = store.NewReader().value();
    for (std::uint32_t writer = 0; writer < kWriters; ++writer) {
      const std::string last = Get(*reader, "a" + std::to_string(writer));
      counts_[writer] = last == "absent" ? 0 : static_cast<std::uint32_t>(std::stoul(last));
    }
  }
  void Start() {
    std::array<Batch, kWriters> batches;
    for (std::uint32_t writer = 0; writer < kWriters; ++writer) batches[writer] = NextOf(writer);
    for (std::uint32_t writer = 0; writer < kWriters; ++writer) Commit(writer, std::move(batches[writer]));
  }

 private:
  Batch NextOf(std::uint32_t writer) {
    const std::string count = std::to_string(counts_[writer] + 1);
    // Of changing size, so that pages are freed and used again.
    const std::string padding(random_() % 20000, ' ');
    Batch batch;
    batch.writes["a" + std::to_string(writer)] = count + padding;
    batch.writes["z" + std::to_string(writer)] = count;
    return batch;
  }
  void Commit(std::uint32_t writer, Batch batch) {
    store_.Commit(std::move(batch), [this, writer](const StoreResult<Revision>& result) {
      if (!result.ok() || !acknowledgements_.Write(Acknowledged{writer, ++counts_[writer]})) _exit(EXIT_FAILURE);
      Commit(writer, NextOf(writer));  // In the committer's thread, as all that follows.
    });
  }

  Store& store_;
  Pipe& acknowledgements_;
  std::mt19937_64 random_;
  std::array<std::uint32_t, kWriters> counts_{};
};

void LmdbProcesses::KillAtAnyMoment(const LmdbOptions& options) {
  constexpr int rounds = 60;
  std::mt19937_64 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same at every run.
  std::array<std::uint32_t, CountingWriters::kWriters> acknowledged{};
  for (int round = 0; round < rounds; ++round) {
    // Every other time a process that lives on is there too, perhaps waiting for a lock that the dead one held.
    const std::unique_ptr<Store> witness = round % 2 == 0 ? nullptr : Open(options);
    Pipe acknowledgements;
    ChildProcess child([&] {
      const auto store = Open(options);
      CountingWriters writers(*store, acknowledgements, static_cast<std::uint64_t>(round));
      writers.Start();
      pause();
      return false;
    });
    acknowledgements.CloseWriter();
    Acknowledged last{};
    const auto take = [&] {
      if (!acknowledgements.Read(last)) return false;
      acknowledged[last.writer] = last.count;
      return true;
    };
    for (std::uint64_t wanted = random() % 40; wanted > 0; --wanted) ASSERT_TRUE(take());
    for (std::uint64_t moment = random() % 300; moment > 0; --moment) sched_yield();
    child.Kill();
    while (take()) continue;

    const std::unique_ptr<Store> reopened = witness ? nullptr : Open(options);
    Store& store = witness ? *witness : *reopened;
    const auto check = [&](std::array<std::uint32_t, CountingWriters::kWriters>& least) {
      const auto reader = store.NewReader().value();
      for (std::uint32_t writer = 0; writer < CountingWriters::kWriters; ++writer) {
        const std::string stored = Get(*reader, "z" + std::to_string(writer));
        const std::uint32_t count = stored == "absent" ? 0 : static_cast<std::uint32_t>(std::stoul(stored));
        ASSERT_GE(count, least[writer]);
        ASSERT_LE(count, acknowledged[writer] + 1);
        const std::string same = Get(*reader, "a" + std::to_string(writer));
        ASSERT_EQ(same.substr(0, same.find(' ')), stored);
        least[writer] = count;
      }
    };
    // What was under way when the process died, and never acknowledged, may be found as late as by the next commit.
    auto found = acknowledged;
    ASSERT_NO_FATAL_FAILURE(check(found));
    ASSERT_TRUE(Put(store, "round", std::to_string(round)));
    ASSERT_NO_FATAL_FAILURE(check(found));
    acknowledged = found;
  }
}

TEST_F(LmdbProcesses, KilledAtAnyMomentKeepWhatTheyAcknowledged) { KillAtAnyMoment({}); }

// Batches of two values: some go through the log, and some straight into LMDB.
TEST_F(LmdbProcesses, KilledAtAnyMomentOfAShortLogKeepWhatTheyAcknowledged) {
  KillAtAnyMoment({.log_bytes = 48 << 10});
}

}  // namespace
}  // namespace claviger::store

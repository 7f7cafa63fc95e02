// The one thread of a store that writes. Whatever is waiting when it looks becomes one durable commit, so that a busy
// store pays for the disk once for many changes, and an idle one never waits for company.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "store/lmdb_env.h"
#include "store/store.h"

namespace claviger::store {

// Safe to use from any thread.
class LmdbCommitter {
 public:
  LmdbCommitter(std::shared_ptr<const LmdbEnv> env, const LmdbOptions& options);
  // Commits what is waiting first.
  ~LmdbCommitter();
  LmdbCommitter(const LmdbCommitter&) = delete;
  LmdbCommitter& operator=(const LmdbCommitter&) = delete;

  void Submit(Batch batch, Store::Done done);

 private:
  struct Pending {
    Batch batch;
    Store::Done done;
    std::size_t bytes;
    StoreResult<Revision> outcome = Revision{0};
  };

  void Run();
  // Waits for work; empty when there will be none.
  std::vector<Pending> TakeGroup();
  // Calls every `done`.
  void CommitGroup(std::span<Pending> group);
  // Sets every outcome, or fails as a whole and has changed nothing.
  StoreResult<> TryGroup(std::span<Pending> group);
  // Returns whether anything changed.
  StoreResult<bool> Apply(const Batch& batch, const WriteTxn& txn);
  StoreResult<> CheckRoom(std::size_t pages_before, const WriteTxn& txn) const;
  void ClearDeadReadersNowAndThen();

  const std::shared_ptr<const LmdbEnv> env_;
  const LmdbOptions options_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Pending> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool idle_ = false;  // The thread waits for `work_`: only then is there anyone to wake.
  bool stopping_ = false;

  std::chrono::steady_clock::time_point readers_checked_ = std::chrono::steady_clock::now();
  std::thread thread_;  // Last, so that it begins when all else is there.
};

}  // namespace claviger::store

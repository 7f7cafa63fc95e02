// The one thread of a store that writes. Whatever is waiting when it looks becomes one durable commit, so that a busy
// store pays for the disk once for many changes, and an idle one never waits for company.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "store/checkpointer.h"
#include "store/group_commit.h"
#include "store/lmdb_env.h"
#include "store/redo_log.h"
#include "store/store.h"

namespace claviger::store {

// Safe to use from any thread.
class LmdbCommitter {
 public:
  LmdbCommitter(const std::shared_ptr<const LmdbEnv>& env, const std::shared_ptr<RedoLog>& log,
                std::unique_ptr<LmdbSnapshot> snapshot, const LmdbOptions& options);
  // Commits what is waiting first, and leaves the log empty when no other process has the store open.
  ~LmdbCommitter();
  LmdbCommitter(const LmdbCommitter&) = delete;
  LmdbCommitter& operator=(const LmdbCommitter&) = delete;

  void Submit(Batch batch, Store::Done done);

 private:
  void Run();
  // Waits for work, or until what is logged should be taken into LMDB: then it is empty. nullopt: there will be none.
  std::optional<std::vector<PendingCommit>> TakeGroup();
  // Calls every `done`.
  void CommitGroup(std::span<PendingCommit> group);
  StoreResult<> TryGroup(std::span<PendingCommit> group);
  void ClearDeadReadersNowAndThen();

  const std::shared_ptr<const LmdbEnv> env_;
  const LmdbOptions options_;
  GroupCommit commit_;
  Checkpointer checkpointer_;
  std::optional<std::chrono::steady_clock::time_point> freeze_at_;  // When something is logged.

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<PendingCommit> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool idle_ = false;  // The thread waits for `work_`: only then is there anyone to wake.
  bool stopping_ = false;

  std::chrono::steady_clock::time_point readers_checked_ = std::chrono::steady_clock::now();
  std::thread thread_;  // Last, so that it begins when all else is there.
};

}  // namespace claviger::store

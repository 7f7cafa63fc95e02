// A thread that takes frozen layers into LMDB, so that commits need not wait for it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "store/lmdb_env.h"
#include "store/redo_log.h"

namespace claviger::store {

class Checkpointer {
 public:
  Checkpointer(std::shared_ptr<const LmdbEnv> env, std::shared_ptr<RedoLog> log, AtStep at_step);
  // Finishes what it is at.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // There is a frozen layer. Any thread.
  void Wake();

 private:
  void Run();
  bool TryCheckpoint();

  const std::shared_ptr<const LmdbEnv> env_;
  const std::shared_ptr<RedoLog> log_;
  const AtStep at_step_;

  std::mutex mutex_;
  std::condition_variable work_;
  bool awake_ = false;
  bool stopping_ = false;
  std::thread thread_;  // Last, so that it begins when all else is there.
};

}  // namespace claviger::store

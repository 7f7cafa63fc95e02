#include "store/checkpointer.h"

#include <chrono>
#include <new>
#include <utility>

#include "store/checkpoint.h"

namespace claviger::store {
namespace {

// After a failure, as of a full disk: what is logged is safe, and will be tried again.
constexpr std::chrono::seconds kPause{1};

}  // namespace

Checkpointer::Checkpointer(std::shared_ptr<const LmdbEnv> env, std::shared_ptr<RedoLog> log, AtStep at_step)
    : env_(std::move(env)), log_(std::move(log)), at_step_(std::move(at_step)), thread_([this] { Run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void Checkpointer::Wake() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(awake_, true)) return;
  }
  work_.notify_one();
}

void Checkpointer::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return awake_ || stopping_; });
    if (stopping_) return;
    awake_ = false;  // First, so that a frozen layer that comes while it is at work is not missed.
    lock.unlock();
    const bool done = TryCheckpoint();
    lock.lock();
    if (done) continue;
    awake_ = true;
    work_.wait_for(lock, kPause, [this] { return stopping_; });
  }
}

bool Checkpointer::TryCheckpoint() try {
  return CheckpointFrozen(*env_, *log_, at_step_).ok();
} catch (const std::bad_alloc&) {
  return false;
}

}  // namespace claviger::store

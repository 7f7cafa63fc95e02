#include "store/lmdb_committer.h"

#include <new>
#include <string>
#include <utility>

namespace claviger::store {
namespace {

constexpr std::chrono::seconds kReaderCheckInterval{30};

// Whether each batch of a group that failed so deserves a chance of its own.
bool MayBeOneBatchsFault(const StoreError& error) {
  return error.kind == StoreError::Kind::kFull || error.kind == StoreError::Kind::kCorrupt;
}

}  // namespace

LmdbCommitter::LmdbCommitter(const std::shared_ptr<const LmdbEnv>& env, const std::shared_ptr<RedoLog>& log,
                             std::unique_ptr<LmdbSnapshot> snapshot, const LmdbOptions& options)
    : env_(env),
      options_(options),
      commit_(env, log, std::move(snapshot), options),
      checkpointer_(env, log, options.at_step),
      thread_([this] { Run(); }) {}

LmdbCommitter::~LmdbCommitter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void LmdbCommitter::Submit(Batch batch, Store::Done done) {
  const std::size_t bytes = BatchBytes(batch);
  std::unique_lock lock(mutex_);
  // Into an empty queue anything may go, however low the limit.
  if (!waiting_.empty() && waiting_bytes_ + bytes > options_.waiting_bytes_max) {
    lock.unlock();
    done(Failure{StoreError{StoreError::Kind::kUnavailable, "too many changes are waiting for the disk"}});
    return;
  }
  waiting_.push_back({std::move(batch), std::move(done), bytes});
  waiting_bytes_ += bytes;
  const bool wake = std::exchange(idle_, false);
  lock.unlock();
  if (wake) work_.notify_one();
}

void LmdbCommitter::Run() {
  while (std::optional<std::vector<PendingCommit>> group = TakeGroup()) {
    if (group->empty()) {
      // A failure changes nothing: what is logged is safe there, and the next commit will see.
      static_cast<void>(commit_.Freeze().ok());
      freeze_at_.reset();
    } else {
      CommitGroup(*group);
    }
    if (!commit_.has_logged()) freeze_at_.reset();
    if (!freeze_at_ && commit_.has_logged()) freeze_at_ = std::chrono::steady_clock::now() + options_.log_age;
    if (commit_.has_frozen()) checkpointer_.Wake();
    ClearDeadReadersNowAndThen();
  }
  static_cast<void>(commit_.Leave().ok());
}

std::optional<std::vector<PendingCommit>> LmdbCommitter::TakeGroup() {
  std::vector<PendingCommit> group;
  std::unique_lock lock(mutex_);
  while (waiting_.empty() && !stopping_) {
    idle_ = true;
    if (!freeze_at_) {
      work_.wait(lock);
    } else if (work_.wait_until(lock, *freeze_at_) == std::cv_status::timeout && waiting_.empty()) {
      return group;
    }
  }
  idle_ = false;
  if (waiting_.empty()) return std::nullopt;
  std::size_t bytes = 0;
  while (!waiting_.empty()) {
    const bool full =
        group.size() >= options_.group_batches_max || bytes + waiting_.front().bytes > options_.group_bytes_max;
    if (full && !group.empty()) break;
    bytes += waiting_.front().bytes;
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  return group;
}

void LmdbCommitter::CommitGroup(std::span<PendingCommit> group) {
  StoreResult<> result = TryGroup(group);
  if (!result.ok() && MayBeOneBatchsFault(result.error())) {
    if (group.size() > 1) {
      for (PendingCommit& pending : group) CommitGroup({&pending, 1});
      return;
    }
    // The dead may hold the space that is missing.
    if (result.error().kind == StoreError::Kind::kFull && env_->ClearDeadReaders() > 0) result = TryGroup(group);
  }
  for (PendingCommit& pending : group) {
    if (!result.ok()) pending.outcome = Failure{StoreError(result.error())};
    pending.done(std::move(pending.outcome));
  }
}

StoreResult<> LmdbCommitter::TryGroup(std::span<PendingCommit> group) try {
  return commit_.Try(group);
} catch (const std::bad_alloc&) {
  return Failure{StoreError{StoreError::Kind::kUnavailable, "out of memory"}};
}

void LmdbCommitter::ClearDeadReadersNowAndThen() {
  // Only after a commit: without commits there is no space to take back, and no reason to wake up.
  const auto now = std::chrono::steady_clock::now();
  if (now - readers_checked_ < kReaderCheckInterval) return;
  readers_checked_ = now;
  env_->ClearDeadReaders();
}

}  // namespace claviger::store

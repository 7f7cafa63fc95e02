#include "store/lmdb_committer.h"

#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "store/check.h"
#include "store/lmdb_format.h"
#include "store/lmdb_view.h"

namespace claviger::store {
namespace {

constexpr std::chrono::seconds kReaderCheckInterval{30};

std::size_t Pages(const MDB_stat& stat) { return stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages; }

StoreResult<std::size_t> DataPages(const LmdbEnv& env, const WriteTxn& txn) {
  MDB_stat stat;
  if (const int code = mdb_stat(txn.get(), env.dbi(), &stat); code != 0) {
    return Failure{LmdbError(code, "measuring the store")};
  }
  return Pages(stat);
}

// Whether each batch of a group that failed so deserves a chance of its own.
bool MayBeOneBatchsFault(const StoreError& error) {
  return error.kind == StoreError::Kind::kFull || error.kind == StoreError::Kind::kCorrupt;
}

}  // namespace

LmdbCommitter::LmdbCommitter(std::shared_ptr<const LmdbEnv> env, const LmdbOptions& options)
    : env_(std::move(env)), options_(options), thread_([this] { Run(); }) {}

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
  while (true) {
    std::vector<Pending> group = TakeGroup();
    if (group.empty()) return;
    CommitGroup(group);
    ClearDeadReadersNowAndThen();
  }
}

std::vector<LmdbCommitter::Pending> LmdbCommitter::TakeGroup() {
  std::vector<Pending> group;
  std::unique_lock lock(mutex_);
  while (waiting_.empty() && !stopping_) {
    idle_ = true;
    work_.wait(lock);
  }
  idle_ = false;
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

void LmdbCommitter::CommitGroup(std::span<Pending> group) {
  StoreResult<> result = TryGroup(group);
  if (!result.ok() && MayBeOneBatchsFault(result.error())) {
    if (group.size() > 1) {
      for (Pending& pending : group) CommitGroup({&pending, 1});
      return;
    }
    // The dead may hold the space that is missing.
    if (result.error().kind == StoreError::Kind::kFull && env_->ClearDeadReaders() > 0) result = TryGroup(group);
  }
  for (Pending& pending : group) {
    if (!result.ok()) pending.outcome = Failure{StoreError(result.error())};
    pending.done(std::move(pending.outcome));
  }
}

StoreResult<> LmdbCommitter::TryGroup(std::span<Pending> group) try {
  WriteTxn txn = TRY(WriteTxn::Begin(*env_));
  const WriteView newest(*env_, txn);
  bool changed = false;
  std::size_t bytes = 0;
  for (Pending& pending : group) {
    StoreResult<> checked = CheckReads(newest, pending.batch);
    if (checked.ok()) checked = ResolveCounters(newest, pending.batch);
    if (!checked.ok()) {
      if (checked.error().kind != StoreError::Kind::kConflict) return checked;
      pending.outcome = Failure{std::move(checked).error()};
      continue;
    }
    pending.outcome = env_->ToRevision(txn.get());
    changed |= TRY(Apply(pending.batch, txn));
    bytes += pending.bytes;
  }
  if (!changed) {
    // Nothing to make durable; the transaction's own revision will be the next one's.
    for (Pending& pending : group) {
      if (pending.outcome.ok()) --*pending.outcome;
    }
    return {};
  }
  if (const int code = env_->RecordRevision(txn.get()); code != 0) return Failure{LmdbError(code, "writing")};
  return txn.Commit(bytes);
} catch (const std::bad_alloc&) {
  return Failure{StoreError{StoreError::Kind::kUnavailable, "out of memory"}};
}

StoreResult<bool> LmdbCommitter::Apply(const Batch& batch, const WriteTxn& txn) {
  const std::size_t pages_before = TRY(DataPages(*env_, txn));
  const Revision revision = env_->ToRevision(txn.get());
  bool changed = false;
  for (const auto& [key, value] : batch.writes) {
    DataKey data_key(key);
    MDB_val key_val = data_key.val();
    if (!value) {
      const int code = mdb_del(txn.get(), env_->dbi(), &key_val, nullptr);
      if (code == MDB_NOTFOUND) continue;
      if (code != 0) return Failure{LmdbError(code, "deleting")};
    } else {
      MDB_val place{.mv_size = kRevisionBytes + value->size(), .mv_data = nullptr};
      const int code = mdb_put(txn.get(), env_->dbi(), &key_val, &place, MDB_RESERVE);
      if (code != 0) return Failure{LmdbError(code, "writing")};
      char* out = static_cast<char*>(place.mv_data);
      StoreLittleEndian(revision, kRevisionBytes, out);
      value->copy(out + kRevisionBytes, value->size());
    }
    changed = true;
  }
  if (changed) TRY(CheckRoom(pages_before, txn));
  return changed;
}

StoreResult<> LmdbCommitter::CheckRoom(std::size_t pages_before, const WriteTxn& txn) const {
  const std::size_t pages = TRY(DataPages(*env_, txn));
  if (pages <= pages_before || pages <= env_->data_pages_max()) return {};
  return Failure{LmdbError(MDB_MAP_FULL, "writing")};
}

void LmdbCommitter::ClearDeadReadersNowAndThen() {
  // Only after a commit: without commits there is no space to take back, and no reason to wake up.
  const auto now = std::chrono::steady_clock::now();
  if (now - readers_checked_ < kReaderCheckInterval) return;
  readers_checked_ = now;
  env_->ClearDeadReaders();
}

}  // namespace claviger::store

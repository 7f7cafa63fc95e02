#include "store/group_commit.h"

#include "store/check.h"
#include "store/checkpoint.h"
#include "store/lmdb_view.h"

namespace claviger::store {
namespace {

// Pages that one change may take at worst, besides its value: its leaf and all above it, each copied and split.
constexpr std::size_t kPagesPerChange = 16;
constexpr std::size_t kPageBytes = 4096;

std::size_t PagesAtWorst(const Layer* layer) {
  if (layer == nullptr) return 0;
  return layer->items() * kPagesPerChange + 2 * layer->value_bytes() / kPageBytes;
}

std::size_t LogBytes(const Overlay& overlay) { return overlay.position.blocks * kBlockBytes; }

// A snapshot that is kept beyond the work would keep pages from being used again.
class ReleaseAtEnd {
 public:
  explicit ReleaseAtEnd(LmdbSnapshot& snapshot) : snapshot_(snapshot) {}
  ~ReleaseAtEnd() { snapshot_.Release(); }
  ReleaseAtEnd(const ReleaseAtEnd&) = delete;
  ReleaseAtEnd& operator=(const ReleaseAtEnd&) = delete;

 private:
  LmdbSnapshot& snapshot_;
};

}  // namespace

StoreResult<> GroupCommit::Try(std::span<PendingCommit> group) {
  const LogLock::Turn turn = TRY(log_->TakeTurn());
  const ReleaseAtEnd release(*snapshot_);
  const SharedOverlay newest = TRY(Begin());
  Layer changes(newest->revision);
  TRY(Collect(group, *newest, changes));
  if (changes.empty()) return {};
  for (const bool emptied : {false, true}) {
    if (emptied) TRY(CheckpointAll(*env_, *log_, *snapshot_, options_.at_step));
    if (!Fits(changes)) continue;
    StoreResult<> appended = log_->Append(changes);
    if (appended.ok() || appended.error().kind != StoreError::Kind::kFull) return appended;
  }
  return CommitDirectly(group, newest->revision + 1);
}

StoreResult<SharedOverlay> GroupCommit::Begin() {
  TRY(snapshot_->Renew());
  const SharedOverlay newest = TRY(log_->CatchUp(snapshot_->revision()));
  if (LogBytes(*newest) < options_.log_bytes) return newest;
  if (!newest->frozen) {
    TRY(log_->BeginSegment(newest->revision, snapshot_->revision()));
  } else if (LogBytes(*newest) >= 2 * options_.log_bytes) {
    // The checkpointer cannot keep up, or fails: then this says why.
    TRY(CheckpointAll(*env_, *log_, *snapshot_, options_.at_step));
  }
  return log_->Newest();
}

StoreResult<> GroupCommit::Freeze() {
  const LogLock::Turn turn = TRY(log_->TakeTurn());
  const ReleaseAtEnd release(*snapshot_);
  TRY(snapshot_->Renew());
  const SharedOverlay newest = TRY(log_->CatchUp(snapshot_->revision()));
  if (newest->frozen || !newest->HasActive()) return {};
  return log_->BeginSegment(newest->revision, snapshot_->revision());
}

StoreResult<> GroupCommit::Leave() {
  const LogLock::Turn turn = TRY(log_->TakeTurn());
  const ReleaseAtEnd release(*snapshot_);
  if (!TRY(log_->Alone())) return {};
  TRY(snapshot_->Renew());
  TRY(log_->CatchUp(snapshot_->revision()));
  return CheckpointAll(*env_, *log_, *snapshot_, options_.at_step);
}

StoreResult<> GroupCommit::Collect(std::span<PendingCommit> group, const Overlay& newest, Layer& changes) {
  const Revision revision = newest.revision + 1;
  const Layers layers{.newest_first = {&changes, newest.active.get(), newest.frozen.get()}, .revision = revision};
  const LayeredView view(*snapshot_, layers);
  for (PendingCommit& pending : group) {
    StoreResult<> checked = CheckReads(view, pending.batch);
    if (checked.ok()) checked = ResolveCounters(view, pending.batch);
    if (!checked.ok()) {
      if (checked.error().kind != StoreError::Kind::kConflict) return checked;
      pending.outcome = Failure{std::move(checked).error()};
      continue;
    }
    pending.outcome = revision;
    for (const auto& [key, value] : pending.batch.writes) {
      if (!value && !TRY(view.Get(key))) continue;  // Deletes nothing.
      changes.Put({.key = key, .value = value, .revision = revision});
    }
  }
  if (!changes.empty()) return {};
  // Nothing to make durable: what is there already is what they asked for.
  for (PendingCommit& pending : group) {
    if (pending.outcome.ok()) pending.outcome = newest.revision;
  }
  return {};
}

bool GroupCommit::Fits(const Layer& changes) const {
  if (RedoLog::BytesOf(changes) > options_.log_bytes / 2) return false;
  const SharedOverlay logged = log_->Newest();
  const std::size_t pages =
      PagesAtWorst(logged->active.get()) + PagesAtWorst(logged->frozen.get()) + PagesAtWorst(&changes);
  return pages <= env_->FreshPages();
}

StoreResult<> GroupCommit::CommitDirectly(std::span<PendingCommit> group, Revision revision) {
  snapshot_->Release();
  WriteTxn txn = TRY(WriteTxn::Begin(*env_));
  const WriteView newest(*env_, txn, revision);
  std::size_t bytes = 0;
  for (PendingCommit& pending : group) {
    StoreResult<> checked = CheckReads(newest, pending.batch);
    if (checked.ok()) checked = ResolveCounters(newest, pending.batch);
    if (!checked.ok()) {
      if (checked.error().kind != StoreError::Kind::kConflict) return checked;
      pending.outcome = Failure{std::move(checked).error()};
      continue;
    }
    pending.outcome = revision;
    TRY(Apply(pending.batch, revision, txn));
    bytes += pending.bytes;
  }
  TRY(env_->RecordRevision(txn.get(), revision));
  TRY(txn.Commit(bytes));
  // Should this fail, the next turn finds LMDB ahead of the log and makes up for it.
  static_cast<void>(log_->BeginSegment(revision, revision).ok());
  return {};
}

StoreResult<> GroupCommit::Apply(const Batch& batch, Revision revision, const WriteTxn& txn) {
  const std::size_t pages_before = TRY(txn.DataPages());
  for (const auto& [key, value] : batch.writes) {
    if (value) {
      TRY(txn.Put(key, *value, revision));
    } else {
      TRY(txn.Delete(key));
    }
  }
  const std::size_t pages = TRY(txn.DataPages());
  if (pages <= pages_before || pages <= env_->data_pages_max()) return {};
  return Failure{LmdbError(MDB_MAP_FULL, "writing")};
}

}  // namespace claviger::store

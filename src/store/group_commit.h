// How a group of batches becomes one durable change: by a record of the log, or straight into LMDB where that would not
// do. One thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "store/layer.h"
#include "store/lmdb.h"
#include "store/lmdb_env.h"
#include "store/lmdb_snapshot.h"
#include "store/redo_log.h"
#include "store/store.h"
#include "store/write_txn.h"

namespace claviger::store {

struct PendingCommit {
  Batch batch;
  Store::Done done;
  std::size_t bytes;
  StoreResult<Revision> outcome = Revision{0};
};

class GroupCommit {
 public:
  GroupCommit(std::shared_ptr<const LmdbEnv> env, std::shared_ptr<RedoLog> log, std::unique_ptr<LmdbSnapshot> snapshot,
              const LmdbOptions& options)
      : env_(std::move(env)), log_(std::move(log)), snapshot_(std::move(snapshot)), options_(options) {}

  // Sets every outcome, or fails as a whole and has changed nothing.
  StoreResult<> Try(std::span<PendingCommit> group);
  // Makes what is logged a frozen layer, for the checkpointer to take.
  StoreResult<> Freeze();
  // Takes everything into LMDB when no other process has the store open.
  StoreResult<> Leave();

  bool has_logged() const { return log_->Newest()->HasActive(); }
  bool has_frozen() const { return log_->Newest()->frozen != nullptr; }

 private:
  // Begins a turn's work: with the newest state, and room in the log.
  StoreResult<SharedOverlay> Begin();
  // Checks the batches one after the other and collects in `changes` what those that pass want written.
  StoreResult<> Collect(std::span<PendingCommit> group, const Overlay& newest, Layer& changes);
  // Whether `changes` may be logged: LMDB is sure to have room for them later.
  bool Fits(const Layer& changes) const;
  // The same as all of the above in one LMDB transaction, which finds out exactly what there is room for.
  StoreResult<> CommitDirectly(std::span<PendingCommit> group, Revision revision);
  StoreResult<> Apply(const Batch& batch, Revision revision, const WriteTxn& txn);

  const std::shared_ptr<const LmdbEnv> env_;
  const std::shared_ptr<RedoLog> log_;
  const std::unique_ptr<LmdbSnapshot> snapshot_;
  const LmdbOptions options_;
};

}  // namespace claviger::store

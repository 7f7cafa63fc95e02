#include "store/checkpoint.h"

#include "store/layers.h"
#include "store/write_txn.h"

namespace claviger::store {
namespace {

// Takes `layers`, which hold everything after `base`, into LMDB. Nothing when LMDB has it already.
StoreResult<> Checkpoint(const LmdbEnv& env, const Layers& layers, Revision base, const AtStep& at_step) {
  const auto step = [&](std::string_view name) {
    if (at_step) at_step(name);
  };
  step("begin a checkpoint");
  WriteTxn txn = TRY(WriteTxn::Begin(env));
  const Revision reached = TRY(env.RevisionIn(txn.get()));
  if (reached >= layers.revision) return {};
  if (reached < base) {
    return Failure{StoreError{StoreError::Kind::kCorrupt, "the log does not go on from what is stored"}};
  }
  std::size_t bytes = 0;
  for (Layers::Cursor cursor(layers, {}); const Layer::Item* item = cursor.item(); cursor.Next()) {
    if (item->value) {
      TRY(txn.Put(item->key, *item->value, item->revision));
      bytes += item->value->size();
    } else {
      TRY(txn.Delete(item->key));
    }
    bytes += item->key.size();
  }
  TRY(env.RecordRevision(txn.get(), layers.revision));
  step("commit a checkpoint");
  TRY(txn.Commit(bytes));
  step("end a checkpoint");
  return {};
}

}  // namespace

StoreResult<> CheckpointFrozen(const LmdbEnv& env, RedoLog& log, const AtStep& at_step) {
  const SharedOverlay overlay = log.Newest();
  if (!overlay->frozen) return {};
  const Revision last = overlay->active->base();
  TRY(Checkpoint(env, {.newest_first = {overlay->frozen.get()}, .revision = last}, overlay->base, at_step));
  // Nobody needs the layer any more.
  TRY(log.Current(last));
  return {};
}

StoreResult<> CheckpointAll(const LmdbEnv& env, RedoLog& log, LmdbSnapshot& snapshot, const AtStep& at_step) {
  const SharedOverlay overlay = log.Newest();
  if (!overlay->HasActive() && !overlay->frozen) return {};
  // A snapshot of the state before would keep its pages from being used.
  snapshot.Release();
  const Layers layers{.newest_first = {overlay->active.get(), overlay->frozen.get()}, .revision = overlay->revision};
  TRY(Checkpoint(env, layers, overlay->base, at_step));
  TRY(snapshot.Renew());
  return log.BeginSegment(overlay->revision, overlay->revision);
}

}  // namespace claviger::store

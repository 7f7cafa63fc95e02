#include "store/lmdb_reader.h"

#include <utility>

#include "store/layers.h"
#include "store/lmdb_snapshot.h"
#include "store/lmdb_view.h"

namespace claviger::store {
namespace {

// How often LMDB and the log may move on between looking at the one and at the other before something must be wrong.
constexpr int kAttemptsMax = 100;

class LmdbReader final : public Reader {
 public:
  LmdbReader(std::shared_ptr<const LmdbEnv> env, std::shared_ptr<RedoLog> log, std::unique_ptr<LmdbSnapshot> snapshot)
      : env_(std::move(env)), log_(std::move(log)), snapshot_(std::move(snapshot)), view_(*snapshot_, layers_) {}

  StoreResult<> Refresh() override {
    if (!env_->InOwner()) {
      active_ = false;
      return Failure{StoreError{StoreError::Kind::kUnavailable, "the store was opened by the parent process"}};
    }
    // Every commit moves the position.
    if (active_ && overlay_->position == log_->position()) return {};
    active_ = false;
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      TRY(snapshot_->Renew());
      if (TRY(CoverSnapshot())) {
        active_ = true;
        return {};
      }
    }
    return Failure{StoreError{StoreError::Kind::kCorrupt, "the log does not go on from what is stored"}};
  }

  void Release() override {
    // The overlay is kept: taking it anew each time would cost more than it holds.
    if (std::exchange(active_, false) && env_->InOwner()) snapshot_->Release();
  }

  Revision revision() const override { return layers_.revision; }

  StoreResult<std::optional<Entry>> Get(std::string_view key) override {
    TRY(CheckUsable());
    return view_.Get(key);
  }
  StoreResult<> Scan(std::string_view prefix, std::string_view after, const Visitor& visit) override {
    TRY(CheckUsable());
    return view_.Scan(prefix, after, visit);
  }

 private:
  StoreResult<> CheckUsable() const {
    if (active_ && env_->InOwner()) return {};
    return Failure{StoreError{StoreError::Kind::kUnavailable, "the reader has no snapshot"}};
  }

  // Finds what the LMDB state lacks. Returns false when it is too old for the log.
  StoreResult<bool> CoverSnapshot() {
    const Revision checkpointed = snapshot_->revision();
    const bool same = overlay_ && covered_ == checkpointed && overlay_->position == log_->position();
    if (same) return true;
    overlay_ = TRY(log_->Current(checkpointed));
    if (!overlay_) return false;
    if (checkpointed >= overlay_->revision) {
      // LMDB has it all, and perhaps a commit that the log is only about to learn of.
      layers_ = {.newest_first = {}, .revision = checkpointed};
    } else if (checkpointed >= overlay_->base) {
      layers_ = {.newest_first = {overlay_->active.get(), overlay_->frozen.get()}, .revision = overlay_->revision};
    } else {
      return false;
    }
    covered_ = checkpointed;
    return true;
  }

  const std::shared_ptr<const LmdbEnv> env_;
  const std::shared_ptr<RedoLog> log_;
  const std::unique_ptr<LmdbSnapshot> snapshot_;
  SharedOverlay overlay_;
  Revision covered_ = 0;  // The LMDB state that layers_ go with.
  Layers layers_;
  const LayeredView view_;
  bool active_ = false;
};

}  // namespace

StoreResult<std::unique_ptr<Reader>> NewLmdbReader(std::shared_ptr<const LmdbEnv> env, std::shared_ptr<RedoLog> log) {
  auto snapshot = TRY(LmdbSnapshot::Open(env));
  auto reader = std::make_unique<LmdbReader>(std::move(env), std::move(log), std::move(snapshot));
  TRY(reader->Refresh());
  return reader;
}

}  // namespace claviger::store

#include "store/lmdb.h"

#include <utility>

#include "store/lmdb_committer.h"
#include "store/lmdb_env.h"
#include "store/lmdb_reader.h"
#include "store/lmdb_snapshot.h"
#include "store/redo_log.h"

namespace claviger::store {
namespace {

class LmdbStore final : public Store {
 public:
  LmdbStore(std::shared_ptr<const LmdbEnv> env, std::shared_ptr<RedoLog> log, std::unique_ptr<LmdbSnapshot> snapshot,
            const LmdbOptions& options)
      : env_(std::move(env)),
        log_(std::move(log)),
        committer_(std::make_unique<LmdbCommitter>(env_, log_, std::move(snapshot), options)) {}

  ~LmdbStore() override {
    // A child has the committer's memory but not its thread, and perhaps a mutex that nobody will ever unlock.
    if (!env_->InOwner()) static_cast<void>(committer_.release());
  }

  StoreResult<std::unique_ptr<Reader>> NewReader() override {
    if (!env_->InOwner()) return Failure{OpenedByParent()};
    return NewLmdbReader(env_, log_);
  }

 private:
  void CommitWithinLimits(Batch batch, Done done) override {
    if (!env_->InOwner()) {
      done(Failure{OpenedByParent()});
      return;
    }
    committer_->Submit(std::move(batch), std::move(done));
  }

  static StoreError OpenedByParent() {
    return {StoreError::Kind::kUnavailable, "the store was opened by the parent process"};
  }

  const std::shared_ptr<const LmdbEnv> env_;
  const std::shared_ptr<RedoLog> log_;
  std::unique_ptr<LmdbCommitter> committer_;
};

}  // namespace

StoreResult<std::unique_ptr<Store>> OpenLmdb(const std::filesystem::path& directory, const LmdbOptions& options) {
  std::shared_ptr<const LmdbEnv> env = TRY(LmdbEnv::Open(directory, options));
  std::unique_ptr<LmdbSnapshot> snapshot = TRY(LmdbSnapshot::Open(env));
  const auto read_checkpointed = [&]() -> StoreResult<Revision> {
    TRY(snapshot->Renew());
    return snapshot->revision();
  };
  std::shared_ptr<RedoLog> log = TRY(RedoLog::Open(directory, env->store(), read_checkpointed, options.at_step));
  snapshot->Release();
  return std::make_unique<LmdbStore>(std::move(env), std::move(log), std::move(snapshot), options);
}

bool HoldsLmdb(const std::filesystem::path& directory) {
  std::error_code ignored;
  return std::filesystem::exists(directory / "data.mdb", ignored);  // LMDB's own name.
}

}  // namespace claviger::store

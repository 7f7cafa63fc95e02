#include "store/lmdb.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "store/checkpoint.h"
#include "store/file.h"
#include "store/lmdb_committer.h"
#include "store/lmdb_env.h"
#include "store/lmdb_reader.h"
#include "store/lmdb_snapshot.h"
#include "store/redo_log.h"

namespace claviger::store {
namespace {

constexpr std::string_view kDataFile = "data.mdb";  // LMDB's own name.

// What a store is made of.
struct Parts {
  std::shared_ptr<const LmdbEnv> env;
  std::shared_ptr<RedoLog> log;
  std::unique_ptr<LmdbSnapshot> snapshot;  // For the thread that commits.
};

StoreResult<Parts> Open(const std::filesystem::path& directory, const LmdbOptions& options) {
  Parts parts;
  parts.env = TRY(LmdbEnv::Open(directory, options));
  parts.snapshot = TRY(LmdbSnapshot::Open(parts.env));
  const auto read_checkpointed = [&]() -> StoreResult<Revision> {
    TRY(parts.snapshot->Renew());
    return parts.snapshot->revision();
  };
  parts.log = TRY(RedoLog::Open(directory, parts.env->store(), read_checkpointed, options.at_step));
  parts.snapshot->Release();
  return parts;
}

class LmdbStore final : public Store {
 public:
  LmdbStore(Parts parts, const LmdbOptions& options)
      : env_(parts.env),
        log_(parts.log),
        committer_(std::make_unique<LmdbCommitter>(env_, log_, std::move(parts.snapshot), options)) {}

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
  Parts parts = TRY(Open(directory, options));
  return std::make_unique<LmdbStore>(std::move(parts), options);
}

StoreResult<> CopyLmdb(const std::filesystem::path& directory, const std::filesystem::path& target,
                       const LmdbOptions& options) {
  const Parts parts = TRY(Open(directory, options));
  {
    const LogLock::Turn turn = TRY(parts.log->TakeTurn());
    TRY(parts.snapshot->Renew());
    TRY(parts.log->CatchUp(parts.snapshot->revision()));
    TRY(CheckpointAll(*parts.env, *parts.log, *parts.snapshot, options.at_step));
  }
  parts.snapshot->Release();
  if (mkdir(target.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return Failure{SystemError(errno, "creating " + target.string())};
  }
  const File copy = TRY(File::Open(target / kDataFile, O_RDWR | O_CREAT | O_EXCL));
  if (const int code = mdb_env_copyfd2(parts.env->get(), copy.fd(), MDB_CP_COMPACT); code != 0) {
    return Failure{LmdbError(code, "copying the store")};
  }
  TRY(copy.Sync());
  return SyncDirectory(target);
}

bool HoldsLmdb(const std::filesystem::path& directory) {
  std::error_code ignored;
  return std::filesystem::exists(directory / kDataFile, ignored);
}

}  // namespace claviger::store

#include "store/write_txn.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "store/lmdb_format.h"

namespace claviger::store {
namespace {

// What a commit may write besides what was put, when asking whether there is room for it.
constexpr std::size_t kInnerPagesBytes = 64 << 10;

// LMDB calls it an I/O error when a write is cut short, as the last one before a full disk is. Asking for the space
// again tells the two apart; when it is granted after all, the file is longer by what the next commits will use.
bool IsDiskFull(MDB_env* env, std::size_t bytes) {
  int fd = -1;
  struct stat file {};
  if (mdb_env_get_fd(env, &fd) != 0 || fstat(fd, &file) != 0) return false;
  if (fallocate(fd, 0, file.st_size, static_cast<off_t>(bytes + kInnerPagesBytes)) == 0) return false;
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
}

}  // namespace

StoreResult<WriteTxn> WriteTxn::Begin(const LmdbEnv& env) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env.get(), nullptr, 0, &txn); code != 0) {
    return Failure{LmdbError(code, "beginning a write")};
  }
  return WriteTxn(txn, env.dbi());
}

WriteTxn::~WriteTxn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

StoreResult<> WriteTxn::Commit(std::size_t bytes) {
  MDB_env* env = mdb_txn_env(txn_);
  int code = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (code == 0) return {};
  if (code == EIO && IsDiskFull(env, bytes)) code = ENOSPC;
  StoreError error = LmdbError(code, "committing");
  // LMDB undoes what it wrote last, the page that makes it all visible; a disk that fails may fail at that too.
  if (error.kind == StoreError::Kind::kUnavailable) error.message += " (the outcome is unknown)";
  return Failure{std::move(error)};
}

StoreResult<> WriteTxn::Put(std::string_view key, std::string_view value, Revision revision) const {
  DataKey data_key(key);
  MDB_val key_val = data_key.val();
  MDB_val place{.mv_size = kRevisionBytes + value.size(), .mv_data = nullptr};
  const int code = mdb_put(txn_, dbi_, &key_val, &place, MDB_RESERVE);
  if (code != 0) return Failure{LmdbError(code, "writing")};
  char* out = static_cast<char*>(place.mv_data);
  StoreLittleEndian(revision, kRevisionBytes, out);
  value.copy(out + kRevisionBytes, value.size());
  return {};
}

StoreResult<bool> WriteTxn::Delete(std::string_view key) const {
  DataKey data_key(key);
  MDB_val key_val = data_key.val();
  const int code = mdb_del(txn_, dbi_, &key_val, nullptr);
  if (code == MDB_NOTFOUND) return false;
  if (code != 0) return Failure{LmdbError(code, "deleting")};
  return true;
}

StoreResult<std::size_t> WriteTxn::DataPages() const {
  MDB_stat stat;
  if (const int code = mdb_stat(txn_, dbi_, &stat); code != 0) {
    return Failure{LmdbError(code, "measuring the store")};
  }
  return stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
}

}  // namespace claviger::store

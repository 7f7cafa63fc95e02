// A write transaction of LMDB.
#pragma once

#include <lmdb.h>

#include <cstddef>
#include <string_view>
#include <utility>

#include "store/lmdb_env.h"
#include "store/store.h"

namespace claviger::store {

// Aborts unless committed. Belongs to the thread that began it.
class WriteTxn {
 public:
  // Waits for other writes, of any process.
  static StoreResult<WriteTxn> Begin(const LmdbEnv& env);
  WriteTxn(WriteTxn&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)), dbi_(other.dbi_) {}
  WriteTxn& operator=(WriteTxn&&) = delete;
  ~WriteTxn();

  MDB_txn* get() const { return txn_; }

  StoreResult<> Put(std::string_view key, std::string_view value, Revision revision) const;
  // Returns whether there was something.
  StoreResult<bool> Delete(std::string_view key) const;
  // How many pages data takes.
  StoreResult<std::size_t> DataPages() const;

  // Returns when everything is on disk. Call once. `bytes` is about how much was put, to tell a full disk from a bad
  // one.
  StoreResult<> Commit(std::size_t bytes);

 private:
  WriteTxn(MDB_txn* txn, MDB_dbi dbi) : txn_(txn), dbi_(dbi) {}
  MDB_txn* txn_;
  MDB_dbi dbi_;
};

}  // namespace claviger::store

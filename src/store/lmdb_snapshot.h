// One state of LMDB, read at leisure. Not thread-safe. REQUIRES: all but its destruction happen in the process that
// opened the environment.
#pragma once

#include <lmdb.h>

#include <memory>
#include <optional>
#include <string_view>

#include "store/lmdb_env.h"
#include "store/store.h"

namespace claviger::store {

struct CloseCursor {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using CursorHolder = std::unique_ptr<MDB_cursor, CloseCursor>;

StoreResult<CursorHolder> OpenCursor(MDB_txn* txn, MDB_dbi dbi);

// Reads in any transaction. `newest` is the greatest revision that may be there.
StoreResult<std::optional<Entry>> GetData(MDB_txn* txn, MDB_dbi dbi, Revision newest, std::string_view key);
StoreResult<> ScanData(MDB_cursor* cursor, Revision newest, std::string_view prefix, std::string_view after,
                       const Reader::Visitor& visit);

class LmdbSnapshot {
 public:
  // Takes a reader slot for as long as it lives.
  static StoreResult<std::unique_ptr<LmdbSnapshot>> Open(std::shared_ptr<const LmdbEnv> env);
  ~LmdbSnapshot();
  LmdbSnapshot(const LmdbSnapshot&) = delete;
  LmdbSnapshot& operator=(const LmdbSnapshot&) = delete;

  // Moves to the newest state. After a failure there is none.
  StoreResult<> Renew();
  void Release();
  // The last revision in it.
  Revision revision() const { return revision_; }

  // As a Reader's. REQUIRES: neither released nor failed to renew.
  StoreResult<std::optional<Entry>> Get(std::string_view key) const;
  StoreResult<> Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit);

 private:
  LmdbSnapshot(std::shared_ptr<const LmdbEnv> env, MDB_txn* txn) : env_(std::move(env)), txn_(txn) {}
  StoreResult<> ReadRevision();
  StoreResult<CursorHolder> TakeCursor();

  const std::shared_ptr<const LmdbEnv> env_;
  MDB_txn* const txn_;
  std::size_t id_ = 0;  // LMDB's number of the state that revision_ was read from.
  Revision revision_ = 0;
  bool active_ = true;
  CursorHolder cursor_;
  bool cursor_current_ = false;  // Whether cursor_ belongs to this state.
};

}  // namespace claviger::store

// Reading in an LMDB transaction, of a reader or of a write.
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

// `newest` is the greatest revision that the transaction can see.
StoreResult<std::optional<Entry>> GetData(MDB_txn* txn, MDB_dbi dbi, Revision newest, std::string_view key);
StoreResult<> ScanData(MDB_cursor* cursor, Revision newest, std::string_view prefix, std::string_view after,
                       const Reader::Visitor& visit);

// What a write transaction sees: the state its changes go on top of.
class WriteView {
 public:
  WriteView(const LmdbEnv& env, const WriteTxn& txn)
      : txn_(txn.get()), dbi_(env.dbi()), newest_(env.ToRevision(txn.get())) {}

  StoreResult<std::optional<Entry>> Get(std::string_view key) const { return GetData(txn_, dbi_, newest_, key); }
  StoreResult<> Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit) const {
    const CursorHolder cursor = TRY(OpenCursor(txn_, dbi_));
    return ScanData(cursor.get(), newest_, prefix, after, visit);
  }

 private:
  MDB_txn* txn_;
  MDB_dbi dbi_;
  Revision newest_;
};

StoreResult<std::unique_ptr<Reader>> NewLmdbReader(std::shared_ptr<const LmdbEnv> env);

}  // namespace claviger::store

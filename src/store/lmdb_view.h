// Reading in LMDB, alone or with layers over it.
#pragma once

#include <lmdb.h>

#include <memory>
#include <optional>
#include <string_view>

#include "store/layers.h"
#include "store/lmdb_env.h"
#include "store/lmdb_snapshot.h"
#include "store/store.h"
#include "store/write_txn.h"

namespace claviger::store {

// What a write transaction sees: the state its changes go on top of.
class WriteView {
 public:
  // `newest` is the greatest revision that may be there.
  WriteView(const LmdbEnv& env, const WriteTxn& txn, Revision newest)
      : txn_(txn.get()), dbi_(env.dbi()), newest_(newest) {}

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

// A state of LMDB with what was changed since laid over it. REQUIRES: both outlive it.
class LayeredView {
 public:
  LayeredView(LmdbSnapshot& snapshot, const Layers& layers) : snapshot_(snapshot), layers_(layers) {}

  StoreResult<std::optional<Entry>> Get(std::string_view key) const;
  StoreResult<> Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit) const;

 private:
  LmdbSnapshot& snapshot_;
  const Layers& layers_;
};

}  // namespace claviger::store

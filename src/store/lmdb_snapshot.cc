#include "store/lmdb_snapshot.h"

#include <algorithm>
#include <utility>

#include "store/lmdb_format.h"

namespace claviger::store {
namespace {

StoreError BadValue() { return {StoreError::Kind::kCorrupt, "a stored value has no sound revision"}; }

}  // namespace

StoreResult<CursorHolder> OpenCursor(MDB_txn* txn, MDB_dbi dbi) {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn, dbi, &cursor); code != 0) {
    return Failure{LmdbError(code, "beginning a scan")};
  }
  return CursorHolder(cursor);
}

StoreResult<std::optional<Entry>> GetData(MDB_txn* txn, MDB_dbi dbi, Revision newest, std::string_view key) {
  if (!IsStorableKey(key)) return std::nullopt;
  DataKey stored_key(key);
  MDB_val key_val = stored_key.val();
  MDB_val value;
  const int code = mdb_get(txn, dbi, &key_val, &value);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return Failure{LmdbError(code, "reading a key")};
  const std::optional<Entry> entry = DecodeValue(value, newest);
  if (!entry) return Failure{BadValue()};
  return entry;
}

StoreResult<> ScanData(MDB_cursor* cursor, Revision newest, std::string_view prefix, std::string_view after,
                       const Reader::Visitor& visit) {
  if (prefix.size() > kKeyBytesMax) return {};
  // Cut to the longest key there can be, `after` still has the same keys behind it.
  after = after.substr(0, kKeyBytesMax);
  DataKey start(std::max(prefix, after));
  MDB_val key = start.val();
  MDB_val value;
  int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
  for (; code == 0; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
    std::string_view data_key = ToText(key);
    if (data_key.empty() || data_key.front() != kDataTag) return {};
    data_key.remove_prefix(1);
    if (!data_key.starts_with(prefix)) return {};
    if (data_key == after) continue;
    const std::optional<Entry> entry = DecodeValue(value, newest);
    if (!entry) return Failure{BadValue()};
    if (!visit(data_key, *entry)) return {};
  }
  if (code != MDB_NOTFOUND) return Failure{LmdbError(code, "scanning")};
  return {};
}

StoreResult<std::unique_ptr<LmdbSnapshot>> LmdbSnapshot::Open(std::shared_ptr<const LmdbEnv> env) {
  MDB_txn* txn = nullptr;
  int code = mdb_txn_begin(env->get(), nullptr, MDB_RDONLY, &txn);
  if (code == MDB_READERS_FULL && env->ClearDeadReaders() > 0) {
    code = mdb_txn_begin(env->get(), nullptr, MDB_RDONLY, &txn);
  }
  if (code != 0) return Failure{LmdbError(code, "opening a reader")};
  std::unique_ptr<LmdbSnapshot> snapshot(new LmdbSnapshot(std::move(env), txn));
  TRY(snapshot->ReadRevision());
  return snapshot;
}

LmdbSnapshot::~LmdbSnapshot() {
  // In a child, the slot that this would give back is the parent's.
  if (!env_->InOwner()) {
    static_cast<void>(cursor_.release());
    return;
  }
  cursor_.reset();
  mdb_txn_abort(txn_);
}

StoreResult<> LmdbSnapshot::Renew() {
  Release();
  if (const int code = mdb_txn_renew(txn_); code != 0) return Failure{LmdbError(code, "refreshing a reader")};
  active_ = true;
  return ReadRevision();
}

void LmdbSnapshot::Release() {
  // The transaction keeps its slot: it only says that it reads nothing.
  if (std::exchange(active_, false)) mdb_txn_reset(txn_);
  cursor_current_ = false;
}

StoreResult<> LmdbSnapshot::ReadRevision() {
  const std::size_t id = mdb_txn_id(txn_);
  if (id == id_) return {};
  revision_ = TRY(env_->RevisionIn(txn_));
  id_ = id;
  return {};
}

StoreResult<std::optional<Entry>> LmdbSnapshot::Get(std::string_view key) const {
  return GetData(txn_, env_->dbi(), revision_, key);
}

StoreResult<CursorHolder> LmdbSnapshot::TakeCursor() {
  if (!cursor_) return OpenCursor(txn_, env_->dbi());
  CursorHolder cursor = std::move(cursor_);
  if (cursor_current_) return cursor;
  if (const int code = mdb_cursor_renew(txn_, cursor.get()); code != 0) {
    return Failure{LmdbError(code, "beginning a scan")};
  }
  return cursor;
}

StoreResult<> LmdbSnapshot::Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit) {
  // A scan within a scan finds the holder empty and has a cursor of its own; the outermost leaves its cursor for the
  // next.
  CursorHolder cursor = TRY(TakeCursor());
  StoreResult<> result = ScanData(cursor.get(), revision_, prefix, after, visit);
  cursor_ = std::move(cursor);
  cursor_current_ = true;
  return result;
}

}  // namespace claviger::store

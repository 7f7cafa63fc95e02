// Ordered key-value storage with snapshots and durable, grouped commits: the one face of every backend.
//
// A change is an attempt: a Transaction reads one snapshot and collects what it read and what it wants written, and
// Store::Commit applies all of it or nothing. It fails with kConflict when something read has changed since; the caller
// then starts over with a new Transaction. Reads never wait for writes.
//
// Keys are 1 to kKeyBytesMax bytes, ordered as unsigned bytes; values up to kValueBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace claviger::store {

inline constexpr std::size_t kKeyBytesMax = 500;
inline constexpr std::size_t kValueBytesMax = 16 << 20;

// Grows with every commit of the whole store; each value carries the revision that wrote it.
using Revision = std::uint64_t;

struct StoreError {
  enum class Kind {
    kConflict,     // Something read has changed since: run the attempt again.
    kFull,         // No room is left: nothing was written.
    kUnavailable,  // The backend failed: nothing was written.
    kCorrupt,      // What is stored cannot be what we wrote.
  };
  Kind kind;
  std::string message;
};

template <class T = void>
using StoreResult = Expected<T, StoreError>;

struct Entry {
  std::string_view value;
  Revision revision;
};

// A window onto one snapshot. Not thread-safe: one for each thread, kept and refreshed.
// Everything it returns is valid until the next Refresh or Release.
class Reader {
 public:
  // Returns false to stop the scan.
  using Visitor = std::function<bool(std::string_view key, const Entry& entry)>;

  virtual ~Reader() = default;

  // Moves to the newest snapshot.
  virtual StoreResult<> Refresh() = 0;
  // Lets go of the snapshot, so that its space can be reused. Reading again needs a Refresh.
  virtual void Release() = 0;
  // The revision of the snapshot: the same number means the same content, of the whole store.
  virtual Revision revision() const = 0;

  // nullopt when absent: absence is not an error.
  virtual StoreResult<std::optional<Entry>> Get(std::string_view key) = 0;
  // Visits the keys that begin with `prefix` and are greater than `after`, in order.
  virtual StoreResult<> Scan(std::string_view prefix, std::string_view after, const Visitor& visit) = 0;
};

// What an attempt depends on and wants: nothing but data, so that a backend can check and apply it anywhere.
struct Batch {
  struct ReadCheck {
    std::string key;
    std::optional<Revision> revision;  // nullopt: was absent.
  };
  struct RangeCheck {
    std::string prefix;
    std::string after;
    std::optional<std::string> last;  // The last key visited, when the scan was stopped early; else to the end.
    std::uint64_t fingerprint;        // RangeFingerprint over what was visited.
  };
  std::vector<ReadCheck> reads;
  std::vector<RangeCheck> ranges;
  std::map<std::string, std::optional<std::string>, std::less<>> writes;  // nullopt: deletes.
};

// Mixes one visited key into the fingerprint of a range; start with 0.
std::uint64_t RangeFingerprint(std::uint64_t so_far, std::string_view key, Revision revision);

// One attempt at a change over a reader's snapshot; sees its own writes. Not thread-safe.
// Drop it to abandon the attempt. REQUIRES: the reader outlives it and is not refreshed meanwhile.
class Transaction {
 public:
  explicit Transaction(Reader& reader) : reader_(reader) {}

  StoreResult<std::optional<Entry>> Get(std::string_view key);
  StoreResult<> Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit);
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);

  [[nodiscard]] bool has_writes() const { return !batch_.writes.empty(); }
  [[nodiscard]] Revision revision() const { return reader_.revision(); }
  // Leaves the transaction empty.
  Batch TakeBatch();

 private:
  Reader& reader_;
  Batch batch_;
};

// Safe to use from any thread.
class Store {
 public:
  // Called once, from any thread, when the batch is durable or has failed. Must not block.
  using Done = std::function<void(StoreResult<Revision>)>;

  virtual ~Store() = default;

  virtual StoreResult<std::unique_ptr<Reader>> NewReader() = 0;
  // Checks and applies `batch`. Commits of concurrent callers are made durable together.
  virtual void Commit(Batch batch, Done done) = 0;

  // Commit, and wait for it: for start-up and command lines, never for an event loop.
  StoreResult<Revision> CommitAndWait(Batch batch);
};

}  // namespace claviger::store

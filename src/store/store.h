// Ordered key-value storage with snapshots and durable, grouped commits: the one face of every backend.
//
// A change is an attempt: a Transaction reads one snapshot and collects what it read and what it wants written, and
// Store::Commit applies all of it or nothing. It fails with kConflict when something read has changed since; the caller
// then starts over with a new Transaction. Reads never wait for writes.
//
// Keys are 1 to kKeyBytesMax bytes, ordered as unsigned bytes; values up to kValueBytesMax. Anything else is absent
// when read, and refused with kLimit by Commit before a backend sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "base/result.h"

namespace claviger::store {

inline constexpr std::size_t kKeyBytesMax = 500;
inline constexpr std::size_t kValueBytesMax = 16 << 20;
// All that one batch reads and writes.
inline constexpr std::size_t kBatchBytesMax = 128 << 20;

// Grows with every change of the whole store; each value carries the revision that wrote it. Never 0.
// Batches made durable together share one.
using Revision = std::uint64_t;

struct StoreError {
  enum class Kind {
    kConflict,     // Something read has changed since: run the attempt again.
    kFull,         // No room is left: nothing was written.
    kLimit,        // A key, a value or the batch is outside the limits above: nothing was written, nor ever will be.
    kUnavailable,  // The backend failed: nothing was written, unless the message says that the outcome is unknown.
    kCorrupt,      // What is stored cannot be what we wrote.
  };
  Kind kind;
  std::string message;
};

template <class T = void>
using StoreResult = Expected<T, StoreError>;

struct Entry {
  std::string_view value;
  Revision revision;  // 0: written by the transaction that reads it, so it has none yet.
};

constexpr bool IsStorableKey(std::string_view key) { return !key.empty() && key.size() <= kKeyBytesMax; }

// A window onto one snapshot. Not thread-safe: one for each thread, kept and refreshed.
// Everything it returns is valid until the next Refresh or Release.
class Reader {
 public:
  // Returns false to stop the scan. May read from the same reader, but not refresh or release it.
  using Visitor = std::function<bool(std::string_view key, const Entry& entry)>;

  virtual ~Reader() = default;

  // Moves to the newest snapshot. After a failure there is none.
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
  // The keys that begin with `prefix` and are greater than `after`.
  struct Range {
    std::string prefix;
    std::string after;
    friend bool operator<(const Range& a, const Range& b) {
      return std::tie(a.prefix, a.after) < std::tie(b.prefix, b.after);
    }
  };
  // A range is unchanged when it still holds `count` entries and none of them is newer than the snapshot: what is not
  // newer was there before, so that the same number means the very same entries. No digest that could be made to
  // collide.
  struct Visited {
    std::optional<std::string> last;  // The last key visited, when the scan was stopped early; else to the end.
    std::uint64_t count;
  };

  // A change to a number that any number of attempts may make at once: it depends on nothing that was read.
  struct CounterChange {
    std::int64_t delta = 0;
    std::uint64_t max = 0;  // An increase that would pass it is a conflict: the next attempt sees the full counter.
  };

  Revision snapshot = 0;                                              // What `reads` and `ranges` are about.
  std::map<std::string, std::optional<Revision>, std::less<>> reads;  // nullopt: was absent.
  std::map<Range, Visited> ranges;
  std::map<std::string, std::optional<std::string>, std::less<>> writes;  // nullopt: deletes.
  std::map<std::string, CounterChange, std::less<>> counters;

  [[nodiscard]] bool HasChanges() const { return !writes.empty() || !counters.empty(); }
};

// One attempt at a change over a reader's snapshot; sees its own writes. Not thread-safe.
// Drop it to abandon the attempt. REQUIRES: the reader outlives it and is not refreshed meanwhile.
//
// What Get and Scan return is valid as long as the reader's snapshot and until the same key is written again.
class Transaction {
 public:
  explicit Transaction(Reader& reader) : reader_(reader) { batch_.snapshot = reader.revision(); }

  StoreResult<std::optional<Entry>> Get(std::string_view key);
  // The visitor may read and write in this transaction. What it writes behind the visited key is visited in its turn.
  StoreResult<> Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit);
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);

  // A counter is a value of its own kind, which only these two touch. Absent is 0, and it never falls below.
  void AddToCounter(std::string_view key, std::int64_t delta, std::uint64_t max);
  // Its value with this transaction's own changes. Nothing depends on what was seen.
  StoreResult<std::uint64_t> PeekCounter(std::string_view key);

  // Lets the attempt no longer depend on what it has read so far: for reports, which show a moment, and would else
  // never be finished in an account that keeps changing.
  void ForgetReads() {
    batch_.reads.clear();
    batch_.ranges.clear();
  }

  [[nodiscard]] bool has_writes() const { return batch_.HasChanges(); }
  [[nodiscard]] Revision revision() const { return batch_.snapshot; }
  // Leaves the transaction empty.
  Batch TakeBatch();

 private:
  // Visits own writes greater than `position`, with `prefix`, and less than `end` (nullopt: all).
  // Moves `position` along; returns false when the visitor stopped.
  bool VisitWrites(std::string_view prefix, std::optional<std::string_view> end, std::string& position,
                   const Reader::Visitor& visit) const;
  void RecordRange(std::string_view prefix, std::string_view after, Batch::Visited visited);

  Reader& reader_;
  Batch batch_;
};

// Safe to use from any thread. Readers may outlive it.
class Store {
 public:
  // Called once, from any thread, when the batch is durable or has failed. Must not block, throw or destroy the store;
  // may commit again.
  using Done = std::function<void(StoreResult<Revision>)>;

  virtual ~Store() = default;

  // The reader begins on the newest snapshot.
  virtual StoreResult<std::unique_ptr<Reader>> NewReader() = 0;

  // Checks and applies `batch`. Commits of concurrent callers are made durable together. `done` gets the revision from
  // which on the batch is visible: of a batch that changes nothing, one that existed already.
  void Commit(Batch batch, Done done);

  // Commit, and wait for it: for start-up and command lines, never for an event loop or from within a Done.
  StoreResult<Revision> CommitAndWait(Batch batch);

 private:
  // REQUIRES: `batch` is within the limits.
  virtual void CommitWithinLimits(Batch batch, Done done) = 0;
};

// A counter as it is stored: eight bytes, little-endian.
std::string EncodeCounter(std::uint64_t value);
// kCorrupt when the value is no counter.
StoreResult<std::uint64_t> DecodeCounter(std::string_view value);

// `stored` and `delta`, but never below 0.
std::uint64_t AddedTo(std::uint64_t stored, std::int64_t delta);

// What `batch` counts towards kBatchBytesMax and towards the limits of queues.
std::size_t BatchBytes(const Batch& batch);

}  // namespace claviger::store

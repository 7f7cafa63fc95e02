// The trail of an installation: takes what happened from every event loop, and writes it to the journal on a thread of
// its own.
//
// A change's events are in the same batch of the store as the change (the outbox), so that an acknowledged change and
// its events are durable together; the writer appends them to the journal, each exactly once, and takes them out of the
// outbox once they are durable there. All other events wait in memory for a moment, and a crash may lose them. Events
// are written in the order of their times. Safe to use from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

#include "audit/entry.h"
#include "audit/journal.h"
#include "base/clock.h"
#include "store/store.h"

namespace claviger::audit {

// What happens while the journal cannot be written. Events of changes wait in the store and are never lost.
enum class WhenFull : std::uint8_t {
  kDropReads,      // Events that change nothing are dropped, and counted.
  kRefuseChanges,  // The same, and changes are refused: nobody can fill the store with events.
};

struct TrailOptions {
  JournalOptions journal;
  WhenFull when_full = WhenFull::kDropReads;
  // The part of events to be kept, from 0 to 1, of calls that only read, and of those that policies denied.
  double read_only_share = 1;
  double denied_share = 1;
  // Events wait this long for earlier ones before they are written.
  std::chrono::milliseconds hold{300};
  std::size_t waiting_bytes_max = 128 << 20;                            // Events in memory; more are dropped.
  std::function<void(std::string_view)> log = [](std::string_view) {};  // Rare trouble. Thread-safe.
};

struct TrailCounts {
  std::uint64_t written = 0;
  std::uint64_t dropped = 0;      // For want of room.
  std::uint64_t failures = 0;     // Attempts to write the journal that failed.
  std::uint64_t early_bytes = 0;  // Deleted before their time because the journal was full.
  std::uint64_t journal_bytes = 0;
  bool writable = true;
};

class Trail {
 public:
  // REQUIRES: store and clock outlive it.
  Trail(TrailOptions options, std::unique_ptr<Journal> journal, store::Store& store, const Clock& clock);
  // Writes what has been handed over.
  ~Trail();
  Trail(const Trail&) = delete;
  Trail& operator=(const Trail&) = delete;

  [[nodiscard]] const TrailOptions& options() const { return options_; }
  [[nodiscard]] Journal& journal() const { return *journal_; }

  // False: changes must be refused.
  [[nodiscard]] bool accepts_changes() const {
    return writable_.load(std::memory_order_relaxed) || options_.when_full != WhenFull::kRefuseChanges;
  }

  // Takes a batch of entries, and gives back an empty one in its place. Those of changes are in the outbox, and their
  // changes have been committed.
  void Add(EntryBatch& entries);

  // Returns when everything handed over before the call is in the journal, or could not be written.
  void Flush();

  [[nodiscard]] TrailCounts counts() const;

 private:
  // A batch of which some entries have still to be written.
  struct Held {
    EntryBatch batch;
    std::size_t left = 0;
  };
  struct Waiting {
    TimePoint time;
    std::string_view entry;  // Points into `held`.
    bool in_outbox = false;
    Held* held = nullptr;
  };

  void Run();
  void Take(std::vector<EntryBatch> batches);
  void Work(TimePoint now, bool everything);
  void Write(TimePoint until);
  void Append(std::span<const Waiting> due);
  void SyncIfDue(bool now);
  JournalResult<bool> RecoverOutbox();
  void Forget(std::size_t count);
  void LetGo(std::span<const Waiting> written);
  void Failed(const JournalError& error);
  void Recovered();
  void CountDropped(std::uint64_t count);

  TrailOptions options_;
  std::unique_ptr<Journal> journal_;
  store::Store& store_;
  const Clock& clock_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable flushed_;
  std::vector<EntryBatch> handed_over_;  // Guarded by mutex_, as all up to `idle_`.
  std::vector<EntryBatch> spares_;       // Empty, with memory.
  std::size_t bytes_ = 0;                // That wait to be written, all told.
  bool overflowed_ = false;              // Events of changes found no room: they are in the outbox.
  std::uint64_t flushes_asked_ = 0;
  std::uint64_t flushes_done_ = 0;
  bool stopping_ = false;

  // Whether a moment may pass before the next look.
  bool idle_ = false;

  // Of the writer's thread alone.
  std::vector<std::unique_ptr<Held>> held_;
  std::vector<Waiting> waiting_;               // In the order of their times.
  std::vector<std::string_view> appending_;    // Memory of Append.
  std::vector<std::string> appended_;          // Keys of the outbox: appended since the last sync,
  std::vector<std::string> forgettable_;       // and durable in the journal.
  std::unordered_set<std::string> recovered_;  // Ids that came from the outbox: they may be handed over yet.
  bool outbox_due_ = true;                     // It has to be looked through.
  bool sync_due_ = false;
  TimePoint synced_;
  TimePoint expired_;
  TimePoint retry_at_;
  std::uint64_t early_bytes_ = 0;     // Already told of.
  std::uint64_t dropped_before_ = 0;  // When the journal could no longer be written.

  std::atomic<bool> writable_{true};
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> failures_{0};

  std::thread thread_;  // Last: it uses all of the above.
};

// Where in the outbox an entry waits that is in its stored form.
std::string OutboxKey(std::string_view entry);

}  // namespace claviger::audit

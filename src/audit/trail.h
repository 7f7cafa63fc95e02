// The trail of an installation: takes what happened from every event loop, and writes it to the journal on a thread of
// its own.
//
// A change's events are in the same batch of the store as the change (the outbox), so that an acknowledged change and
// its events are durable together; from there the writer moves them to the journal, each exactly once, and takes them
// out of the outbox. All other events wait in memory for a moment, and a crash may lose them. Events are written in the
// order of their times. Safe to use from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

#include "audit/event.h"
#include "audit/journal.h"
#include "base/clock.h"
#include "base/random.h"
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
  std::size_t waiting_max = 100'000;                                    // Events in memory; more are dropped.
  std::function<void(std::string_view)> log = [](std::string_view) {};  // Rare trouble. Thread-safe.
};

// Events of a change, as they lie in the outbox.
struct Kept {
  std::string key;
  Entry entry;
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
  Trail(TrailOptions options, std::unique_ptr<Journal> journal, store::Store& store, const Clock& clock,
        std::unique_ptr<Random> random);
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

  // Events that no change depends on.
  void Add(std::vector<Event> events);
  // Events whose batch has been committed.
  void AddCommitted(std::vector<Kept> kept);

  // Returns when everything handed over before the call is in the journal, or could not be written.
  void Flush();

  [[nodiscard]] TrailCounts counts() const;

 private:
  struct Waiting {
    Entry entry;
    std::string key;  // In the outbox; empty: it is not there.
  };

  void Run();
  void Take(std::vector<Event>& events, std::vector<Kept>& kept);
  void Write(TimePoint until);
  bool Append(std::vector<Waiting>& batch);
  JournalResult<bool> RecoverOutbox();
  void Forget(const std::vector<std::string>& keys);
  void Failed(const JournalError& error);

  TrailOptions options_;
  std::unique_ptr<Journal> journal_;
  store::Store& store_;
  const Clock& clock_;
  std::unique_ptr<Random> random_;  // Of the writer's thread.

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable flushed_;
  std::vector<Event> events_;  // Guarded by mutex_, as all up to here.
  std::vector<Kept> kept_;
  std::uint64_t flushes_asked_ = 0;
  std::uint64_t flushes_done_ = 0;
  bool stopping_ = false;

  // Whether a moment may pass before the next look. Guarded by mutex_.
  bool idle_ = false;

  // Of the writer's thread alone.
  std::vector<Waiting> waiting_;
  std::unordered_set<std::string> recovered_;  // Ids that came from the outbox: they may be handed over yet.
  bool outbox_due_ = true;                     // It has to be looked through.
  bool sync_due_ = false;
  TimePoint synced_;
  TimePoint expired_;
  TimePoint retry_at_;
  std::uint64_t early_bytes_ = 0;  // Already told of.

  std::atomic<bool> writable_{true};
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> failures_{0};

  std::thread thread_;  // Last: it uses all of the above.
};

// Where in the outbox an entry waits.
std::string OutboxKey(const Entry& entry);

}  // namespace claviger::audit

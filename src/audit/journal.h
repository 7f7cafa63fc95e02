// The journal of the trail: every event of every account, in order, in segments under one folder, or in memory.
//
// One process writes; any number may read beside it. Opening reads no more than the names of the files.
// Appending is for one thread at a time; everything else is safe from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "audit/entry.h"
#include "audit/segment.h"

namespace claviger::audit {

// The place of an event; later ones are greater.
struct Position {
  std::uint32_t segment = 0;
  std::uint32_t offset = 0;

  auto operator<=>(const Position&) const = default;
};

// Which events of an account are wanted.
struct Query {
  AccountId account;
  Attribute attribute = Attribute::kAny;
  std::string value;  // Of the attribute, to the letter.
  TimePoint start = TimePoint::min();
  TimePoint end = TimePoint::max();  // Included.
};

struct JournalOptions {
  std::filesystem::path folder;  // Empty: in memory.
  Access access = Access::kWrite;
  std::chrono::hours retention{24 * 90};
  std::uint64_t bytes_max = std::uint64_t{8} << 30;
  std::uint32_t segment_bytes = 32 << 20;    // A segment that has grown to this is sealed,
  std::chrono::hours segment_hours{24 * 7};  // and one whose first event is so old.
};

class Journal {
 public:
  // Returns false to stop.
  using Visitor = std::function<bool(const Position& position, const Entry& entry)>;

  static JournalResult<std::unique_ptr<Journal>> Open(const JournalOptions& options);

  // Adds entries, which are in the order of their times, all or none; they are durable after the next Sync.
  JournalResult<> Append(std::span<const Entry> entries);
  JournalResult<> Sync();

  // Deletes segments whose events are all older than the retention, and the oldest ones while there is more than
  // bytes_max. Appending does the same whenever it begins a segment.
  JournalResult<> Expire(TimePoint now);
  // How many bytes had to go before their time.
  [[nodiscard]] std::uint64_t early_bytes() const { return early_bytes_.load(); }

  // Visits what is found, newest first, below `before`.
  JournalResult<> Find(const Query& query, std::optional<Position> before, const Visitor& visit);
  // Visits every event of every account from `from` on, oldest first; returns where to go on.
  JournalResult<Position> ReadFrom(Position from, const Visitor& visit);
  // Where to begin reading for what happened since `time`; earlier events may follow.
  JournalResult<Position> Since(TimePoint time);
  JournalResult<bool> Contains(const Entry& entry);

  // Notes what another process has written. Only for Access::kRead.
  JournalResult<> Refresh();

  [[nodiscard]] std::uint64_t bytes() const;

 private:
  explicit Journal(JournalOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::vector<std::shared_ptr<Segment>> Segments() const;
  JournalResult<std::shared_ptr<Segment>> Last(TimePoint now);
  JournalResult<> List();

  JournalOptions options_;
  mutable std::shared_mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<Segment>> segments_;  // By number.
  std::atomic<std::uint64_t> early_bytes_{0};
};

}  // namespace claviger::audit

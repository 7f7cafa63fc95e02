// The journal of the trail: every event of every account, in order, in segments under one folder, or in memory.
//
// One process writes; any number may read beside it. Opening reads no more than the names of the files.
// Appending is for one thread at a time; everything else is safe from any thread.
#pragma once

#include <unistd.h>

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
#include <string_view>
#include <unordered_set>
#include <vector>

#include "audit/entry.h"
#include "audit/segment.h"

namespace claviger::audit {

// The place of an event; later ones are greater.
struct Position {
  std::uint32_t segment = 0;
  std::uint32_t offset = 0;

  auto operator<=>(const Position&) const = default;  // NOLINT(modernize-use-nullptr): mistakes the comparison with 0.
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
  SyncFunction sync = ::fdatasync;           // For tests of disks that fail.
};

class Journal {
 public:
  // Returns false to stop.
  using Visitor = std::function<bool(const Position& position, const Entry& entry)>;

  static JournalResult<std::unique_ptr<Journal>> Open(const JournalOptions& options);

  // Adds entries in their stored form, which are in the order of their times, all or none; they are durable after a
  // Sync that succeeds. What a failed one left in doubt is kept in memory, and written again to a new segment by the
  // next Append or Sync.
  JournalResult<> Append(std::span<const std::string_view> entries);
  JournalResult<> Sync();
  // How much has been added since the last Sync.
  [[nodiscard]] std::size_t unsynced_bytes() const { return unsynced_.size(); }

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
  // The ids of all events since `time`; earlier ones may be among them.
  JournalResult<std::unordered_set<std::string>> IdsSince(TimePoint time);

  // Notes what another process has written. Only for Access::kRead.
  JournalResult<> Refresh();

  [[nodiscard]] std::uint64_t bytes() const;

 private:
  explicit Journal(JournalOptions options) : options_(std::move(options)) {}

  // A segment whose disk has failed: what is there from `offset` on, nobody knows.
  struct Doubt {
    std::shared_ptr<Segment> segment;
    std::uint32_t offset;
  };

  [[nodiscard]] std::vector<std::shared_ptr<Segment>> Segments() const;
  [[nodiscard]] std::shared_ptr<Segment> Newest() const;
  JournalResult<std::shared_ptr<Segment>> Last(TimePoint now);
  JournalResult<std::shared_ptr<Segment>> Begin();
  void Drop(Segment& segment);
  void Distrust(const std::shared_ptr<Segment>& last);
  JournalResult<> WriteAgain();
  JournalResult<> List();

  JournalOptions options_;
  mutable std::shared_mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<Segment>> segments_;  // By number.
  std::atomic<std::uint64_t> early_bytes_{0};

  // Of the appending thread alone.
  std::string unsynced_;  // Frames that no Sync has made durable yet, the end of the newest segment.
  std::uint32_t synced_ = Segment::kFirstFrame;  // Where they begin there.
  bool inherited_ = false;                       // It is from an earlier process, which may not have synced it.
  bool again_ = false;                           // They have to be written again before anything else.
  std::vector<Doubt> doubts_;                    // To be cut off once they are durable elsewhere.
};

}  // namespace claviger::audit

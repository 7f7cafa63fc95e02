// One file of the journal: frames one behind the other, and an index of what its events are found by.
//
// The last segment grows and has its index in memory; the others are sealed and have it in a file of their own, of
// which a look-up reads a few pages. An index that is missing or damaged is made anew from the frames; a frame that a
// crash left half written ends its segment. Format: docs/internals/audit.md.
//
// Safe for one appending thread and any number of reading ones.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/entry.h"
#include "base/result.h"

namespace claviger::audit {

struct JournalError {
  bool full = false;  // The disk has no room.
  std::string message;
};

template <class T = void>
using JournalResult = Expected<T, JournalError>;

// What the system says of `path` that could not be used.
Failure<JournalError> SystemFailure(std::string_view what, const std::filesystem::path& path);

// The place of events of this account with this attribute in an index. Stored.
std::uint64_t IndexHash(AccountId account, Attribute attribute, std::string_view value);

// Appends an entry, in its stored form, as a frame.
void AppendFrame(std::string_view entry, std::string& frames);

enum class Access : std::uint8_t { kRead, kWrite };

// As fdatasync.
using SyncFunction = std::function<int(int)>;

class Segment {
 public:
  // `folder` empty: the segment is in memory and gone with this object.
  static JournalResult<std::shared_ptr<Segment>> Create(const std::filesystem::path& folder, std::uint32_t number);
  // Reads nothing yet. REQUIRES: the file exists.
  static std::shared_ptr<Segment> OfFile(const std::filesystem::path& folder, std::uint32_t number, Access access);

  Segment(std::filesystem::path folder, std::uint32_t number, Access access)
      : folder_(std::move(folder)), number_(number), access_(access) {}
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  ~Segment();

  // Opens the file, and reads or makes anew what the index knows. Does nothing the second time.
  JournalResult<> Load();

  // The rest REQUIRES a Load that succeeded.

  // Adds all of the frames or none of them.
  JournalResult<> Append(std::string_view frames);
  // Returns when what was appended is on disk. `sync` is as fdatasync.
  JournalResult<> Sync(const SyncFunction& sync);
  // Takes back what was appended from `offset` on; nothing may be appended any more.
  void CutOff(std::uint32_t offset);
  // Writes the index file: nothing is appended any more.
  JournalResult<> Seal();
  // Takes the files away.
  void Remove();

  struct Found {
    Entry entry;
    std::uint32_t next;  // Where the next frame begins.
  };
  // The frame at `offset`, nullopt at the end. Reads what another process has appended meanwhile, too.
  JournalResult<std::optional<Found>> Read(std::uint32_t offset);
  // All frames before `end` that are whole.
  [[nodiscard]] std::string ReadFrames(std::uint32_t end) const;

  // Visits the offsets of events with this hash below `before`, the highest first, until the visitor returns false.
  // Different events may share a hash.
  JournalResult<> FindBelow(std::uint64_t hash, std::uint32_t before, const std::function<bool(std::uint32_t)>& visit);

  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] std::uint32_t size() const { return size_.load(std::memory_order_acquire); }
  // Its file ends in half a frame, so that nothing may be appended.
  [[nodiscard]] bool torn() const { return torn_; }
  [[nodiscard]] TimePoint first_time() const { return first_time_; }
  [[nodiscard]] TimePoint last_time() const { return last_time_; }

  static constexpr std::uint32_t kFirstFrame = 16;  // Behind the file's header.

 private:
  struct Posting {
    std::uint64_t hash;
    std::uint32_t offset;
    auto operator<=>(const Posting&) const = default;  // NOLINT(modernize-use-nullptr): mistakes the comparison with 0.
  };

  [[nodiscard]] std::filesystem::path DataPath() const;
  [[nodiscard]] std::filesystem::path IndexPath() const;
  bool LoadIndex();
  JournalResult<> Recover();
  bool Note(std::string_view entry, std::uint32_t offset);
  static void Sort(std::vector<Posting>& postings);
  [[nodiscard]] std::optional<std::string> ReadPayload(std::uint32_t offset) const;
  std::optional<Posting> StoredPosting(std::uint64_t at) const;
  JournalResult<> FindStored(std::uint64_t hash, std::uint32_t before, const std::function<bool(std::uint32_t)>& visit);

  std::filesystem::path folder_;
  std::uint32_t number_;
  Access access_;
  std::mutex load_mutex_;
  bool loaded_ = false;
  bool torn_ = false;
  int fd_ = -1;
  int index_fd_ = -1;  // Of a sealed segment on disk.
  std::uint64_t stored_postings_ = 0;
  std::atomic<std::uint32_t> size_{0};
  std::atomic<TimePoint> first_time_{TimePoint::max()};
  std::atomic<TimePoint> last_time_{TimePoint::min()};
  std::shared_mutex postings_mutex_;
  std::vector<Posting> postings_;  // Of a segment that is not sealed, in the order of appending.
  EntryKeys keys_;                 // Memory of Note.
};

}  // namespace claviger::audit

#include "audit/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <system_error>
#include <utility>

#include "base/file.h"

namespace claviger::audit {
namespace {

// Events may stand this much out of order: a change whose commit took long.
constexpr std::chrono::minutes kDisorder{1};
constexpr std::uint32_t kEnd = ~std::uint32_t{0};
constexpr std::size_t kKeptBytes = 16 << 20;  // Of memory that is used again.

std::optional<std::uint32_t> NumberOf(const std::filesystem::path& path) {
  if (path.extension() != ".events") return std::nullopt;
  const std::string stem = path.stem().string();
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number, 16);
  if (error != std::errc() || stop != stem.data() + stem.size()) return std::nullopt;
  return number;
}

bool Matches(const Entry& entry, const Query& query) {
  if (entry.account != query.account || entry.time < query.start || entry.time > query.end) return false;
  return query.attribute == Attribute::kAny || HasAttribute(entry, query.attribute, query.value);
}

}  // namespace

JournalResult<std::unique_ptr<Journal>> Journal::Open(const JournalOptions& options) {
  std::unique_ptr<Journal> journal(new Journal(options));
  if (!options.folder.empty() && options.access == Access::kWrite && mkdir(options.folder.c_str(), S_IRWXU) != 0 &&
      errno != EEXIST) {
    return SystemFailure("cannot make the folder", options.folder);
  }
  TRY(journal->List());
  journal->inherited_ = !journal->segments_.empty();
  return journal;
}

JournalResult<> Journal::List() {
  if (options_.folder.empty()) return {};
  std::error_code error;
  const std::unique_lock lock(mutex_);
  for (const auto& file : std::filesystem::directory_iterator(options_.folder, error)) {
    const auto number = NumberOf(file.path());
    if (number && !segments_.contains(*number)) {
      segments_[*number] = Segment::OfFile(options_.folder, *number, options_.access);
    }
  }
  if (error)
    return Failure<JournalError>{{.full = false, .message = options_.folder.string() + ": " + error.message()}};
  return {};
}

JournalResult<> Journal::Refresh() { return List(); }

std::vector<std::shared_ptr<Segment>> Journal::Segments() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<Segment>> segments;
  segments.reserve(segments_.size());
  for (const auto& [number, segment] : segments_) segments.push_back(segment);
  return segments;
}

std::shared_ptr<Segment> Journal::Newest() const {
  const std::shared_lock lock(mutex_);
  return segments_.empty() ? nullptr : segments_.rbegin()->second;
}

// The segment to append to.
JournalResult<std::shared_ptr<Segment>> Journal::Last(TimePoint now) {
  if (again_) TRY(WriteAgain());
  if (const auto last = Newest()) {
    TRY(last->Load());
    const bool old = last->first_time() != TimePoint::max() && now - last->first_time() > options_.segment_hours;
    if (last->size() < options_.segment_bytes && !old && !last->torn()) return last;
    TRY(Sync());
    TRY(last->Seal());
  }
  auto made = TRY(Begin());
  TRY(Expire(now));
  return made;
}

JournalResult<std::shared_ptr<Segment>> Journal::Begin() {
  const auto last = Newest();
  auto made = TRY(Segment::Create(options_.folder, last == nullptr ? 1 : last->number() + 1));
  if (!options_.folder.empty()) static_cast<void>(SyncFolder(options_.folder));
  const std::unique_lock lock(mutex_);
  segments_[made->number()] = made;
  synced_ = Segment::kFirstFrame;
  return made;
}

void Journal::Drop(Segment& segment) {
  segment.Remove();
  const std::unique_lock lock(mutex_);
  segments_.erase(segment.number());
}

JournalResult<> Journal::Append(std::span<const std::string_view> entries) {
  if (entries.empty()) return {};
  EntryKeys newest;
  ReadKeys(entries.back(), newest);
  const auto last = TRY(Last(newest.time));
  const std::size_t begin = unsynced_.size();
  for (const std::string_view entry : entries) AppendFrame(entry, unsynced_);
  auto appended = last->Append(std::string_view(unsynced_).substr(begin));
  if (!appended.ok() || options_.folder.empty()) unsynced_.resize(begin);
  return appended;
}

JournalResult<> Journal::Sync() {
  if (options_.folder.empty()) return {};
  if (again_) TRY(WriteAgain());
  const auto last = Newest();
  if (last == nullptr || (unsynced_.empty() && !inherited_)) return {};
  TRY(last->Load());
  if (auto synced = last->Sync(options_.sync); !synced.ok()) {
    Distrust(last);
    return synced;
  }
  inherited_ = false;
  synced_ = last->size();
  if (unsynced_.capacity() > kKeptBytes) unsynced_ = {};
  unsynced_.clear();
  for (const Doubt& doubt : std::exchange(doubts_, {})) {
    doubt.segment->CutOff(doubt.offset);
    TRY(doubt.segment->Seal());
  }
  return {};
}

// A sync that fails may be the only one that does: the system takes for written what it could not write. So the next
// one proves nothing of what was appended before.
void Journal::Distrust(const std::shared_ptr<Segment>& last) {
  again_ = true;
  if (inherited_) {
    unsynced_.insert(0, last->ReadFrames(last->size() - static_cast<std::uint32_t>(unsynced_.size())));
    synced_ = Segment::kFirstFrame;
  } else if (!doubts_.empty() && synced_ == Segment::kFirstFrame) {
    return Drop(*last);  // There is nothing in it that is not in `unsynced_`, and was in another segment before.
  }
  doubts_.push_back({.segment = last, .offset = synced_});
  inherited_ = false;
}

JournalResult<> Journal::WriteAgain() {
  const auto made = TRY(Begin());
  if (auto appended = made->Append(unsynced_); !appended.ok()) {
    Drop(*made);
    return appended;
  }
  again_ = false;
  return {};
}

JournalResult<> Journal::Expire(TimePoint now) {
  std::vector<std::shared_ptr<Segment>> segments = Segments();
  std::uint64_t total = 0;
  for (const auto& segment : segments) {
    TRY(segment->Load());
    total += segment->size();
  }
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    Segment& oldest = *segments[i];
    const bool over = oldest.last_time() < now - options_.retention;
    if (!over && total <= options_.bytes_max) break;
    if (!over) early_bytes_.fetch_add(oldest.size());
    total -= oldest.size();
    oldest.Remove();
    const std::unique_lock lock(mutex_);
    segments_.erase(oldest.number());
  }
  return {};
}

JournalResult<> Journal::Find(const Query& query, std::optional<Position> before, const Visitor& visit) {
  const Position below = before.value_or(Position{kEnd, kEnd});
  const std::uint64_t hash = IndexHash(query.account, query.attribute, query.value);
  auto segments = Segments();
  bool going = true;
  for (auto at = segments.rbegin(); at != segments.rend() && going; ++at) {
    Segment& segment = **at;
    if (segment.number() > below.segment) continue;
    TRY(segment.Load());
    if (segment.first_time() > query.end) continue;
    if (segment.last_time() < query.start) break;
    std::optional<JournalError> failure;
    TRY(segment.FindBelow(hash, segment.number() == below.segment ? below.offset : kEnd, [&](std::uint32_t offset) {
      auto found = segment.Read(offset);
      if (!found.ok()) {
        failure = found.error();
        return false;
      }
      if (!*found) return true;  // Damaged.
      const Entry& entry = (*found)->entry;
      const bool past = query.start != TimePoint::min() && entry.time < query.start - kDisorder;
      if (past) return false;
      if (Matches(entry, query)) going = visit({segment.number(), offset}, entry);
      return going;
    }));
    if (failure) return Failure{*failure};
  }
  return {};
}

JournalResult<Position> Journal::ReadFrom(Position from, const Visitor& visit) {
  for (const auto& segment : Segments()) {
    if (segment->number() < from.segment) continue;
    TRY(segment->Load());
    if (segment->number() > from.segment) from = {segment->number(), Segment::kFirstFrame};
    from.offset = std::max(from.offset, Segment::kFirstFrame);
    while (auto found = TRY(segment->Read(from.offset))) {
      if (!visit(from, found->entry)) return from;
      from.offset = found->next;
    }
  }
  return from;
}

JournalResult<Position> Journal::Since(TimePoint time) {
  Position position;
  if (time == TimePoint::min()) return position;
  for (const auto& segment : Segments()) {
    TRY(segment->Load());
    position = {segment->number(), Segment::kFirstFrame};
    if (segment->last_time() >= time - kDisorder) break;
  }
  return position;
}

JournalResult<std::unordered_set<std::string>> Journal::IdsSince(TimePoint time) {
  std::unordered_set<std::string> ids;
  TRY(ReadFrom(TRY(Since(time)), [&](const Position&, const Entry& entry) {
    ids.insert(entry.event_id);
    return true;
  }));
  return ids;
}

std::uint64_t Journal::bytes() const {
  std::uint64_t total = 0;
  for (const auto& segment : Segments()) total += segment->size();  // Of those that were looked at so far.
  return total;
}

}  // namespace claviger::audit

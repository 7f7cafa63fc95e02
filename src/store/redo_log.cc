#include "store/redo_log.h"

#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "base/random.h"

namespace claviger::store {
namespace {

constexpr std::array<std::string_view, 2> kFileNames = {"log.0", "log.1"};
// The first segment, which is in log.1.
constexpr std::uint32_t kFirstSegment = 1;
// Files grow by so much at a time, so that most records find their blocks there already: then a sync is one write.
constexpr std::uint64_t kGrowthBytes = 1 << 20;
constexpr Revision kNoLast = std::numeric_limits<Revision>::max();

StoreError Corrupt(std::string message) { return {StoreError::Kind::kCorrupt, std::move(message)}; }

SegmentHeader NewSegment(std::uint32_t number, Revision base, const StoreId& store) {
  SystemRandom random;
  return {.number = number, .base = base, .store = store, .salt = random.Uint64()};
}

// Whether nothing has ever been logged: there is no log, or its making was interrupted.
bool Unused(const std::filesystem::path& directory, Revision checkpointed) {
  std::error_code ignored;
  if (std::filesystem::exists(directory / kFileNames[0], ignored)) return false;
  const StoreResult<File> file = File::Open(directory / kFileNames[1], O_RDONLY);
  if (!file.ok()) return true;
  const StoreResult<std::string> block = file->Read(0, kBlockBytes);
  const auto header = block.ok() ? DecodeSegmentHeader(*block) : std::nullopt;
  // Had anything been logged, it would be in this segment or LMDB would be past it.
  return header && header->number == kFirstSegment && header->base == checkpointed;
}

}  // namespace

StoreResult<> RedoLog::Create(const std::filesystem::path& directory, const StoreId& store, Revision base) {
  for (const std::string_view name : kFileNames) {
    const StoreResult<File> file = File::Open(directory / name, O_RDONLY);
    if (!file.ok()) continue;
    const std::string begin = TRY(file->Read(0, 2 * kBlockBytes));
    const std::optional<SegmentHeader> header = DecodeSegmentHeader(begin);
    if (header && DecodeRecord(std::string_view(begin).substr(std::min(kBlockBytes, begin.size())), *header)) {
      return Failure{Corrupt("there is a log of another store in " + directory.string())};
    }
  }
  // The first segment gets its name when it is whole, and the other file comes after it: that is how Unused() tells a
  // log that was not finished from one that has lost a file.
  std::error_code code;
  std::filesystem::remove(directory / kFileNames[0], code);
  const std::filesystem::path unfinished = directory / "log.new";
  const File first = TRY(File::Open(unfinished, O_RDWR | O_CREAT | O_TRUNC));
  TRY(first.Write(0, EncodeSegmentHeader(NewSegment(kFirstSegment, base, store))));
  TRY(first.Sync());
  std::filesystem::rename(unfinished, directory / kFileNames[1], code);
  if (code) return Failure{SystemError(code.value(), "making the log")};
  TRY(SyncDirectory(directory));
  const File other = TRY(File::Open(directory / kFileNames[0], O_RDWR | O_CREAT));
  TRY(other.Write(0, std::string(kBlockBytes, '\0')));
  TRY(other.Sync());
  return SyncDirectory(directory);
}

StoreResult<std::shared_ptr<RedoLog>> RedoLog::Open(const std::filesystem::path& directory, const StoreId& store,
                                                    const ReadCheckpointed& read_checkpointed, AtStep at_step) {
  LogLock lock = TRY(LogLock::Open(directory));
  const LogLock::Turn turn = TRY(lock.TakeTurn());
  const bool alone = TRY(lock.Alone());
  TRY(lock.Enter());
  const Revision checkpointed = TRY(read_checkpointed());
  if (alone && Unused(directory, checkpointed)) TRY(Create(directory, store, checkpointed));
  std::array<File, 2> files{TRY(File::Open(directory / kFileNames[0], O_RDWR)),
                            TRY(File::Open(directory / kFileNames[1], O_RDWR))};
  std::shared_ptr<RedoLog> log(new RedoLog(std::move(files), std::move(lock), store, std::move(at_step)));
  // What the last process left there means nothing when it was the machine that died.
  if (alone) log->lock_.SetUnfinished(true);
  TRY(log->CatchUp(checkpointed));
  return log;
}

StoreResult<SharedOverlay> RedoLog::Current(Revision checkpointed) {
  const std::lock_guard lock(mutex_);
  if (const LogPosition target = lock_.position(); !overlay_ || overlay_->position != target) {
    if (!TRY(Advance(target)) && !TRY(LoadUpTo(target, checkpointed))) return SharedOverlay();
  }
  Trim(checkpointed);
  return overlay_;
}

StoreResult<SharedOverlay> RedoLog::CatchUp(Revision checkpointed) {
  if (lock_.unfinished()) TRY(Recover(checkpointed));
  SharedOverlay overlay = TRY(Current(checkpointed));
  // Nobody else can move anything on: what is not there now is lost.
  if (!overlay) return Failure{Corrupt("the log does not go on from what is stored")};
  if (checkpointed > overlay->revision) {
    // LMDB was written past the log, by one who died before saying so.
    TRY(BeginSegment(checkpointed, checkpointed));
    overlay = TRY(Current(checkpointed));
  }
  return overlay;
}

SharedOverlay RedoLog::Newest() {
  const std::lock_guard lock(mutex_);
  return overlay_;
}

StoreResult<bool> RedoLog::Alone() const {
  const bool alone = TRY(lock_.Alone());
  TRY(lock_.Enter());
  return alone;
}

StoreResult<> RedoLog::BeginSegment(Revision base, Revision checkpointed) {
  const std::lock_guard lock(mutex_);
  const SegmentHeader next = NewSegment(segment_.number + 1, base, store_);
  lock_.SetUnfinished(true);
  Step("begin a segment");
  // Durable with the first record: until then the segment before it is as good.
  TRY(FileOf(next.number).Write(0, EncodeSegmentHeader(next)));
  Step("publish a segment");
  segment_ = next;
  Overlay overlay{.position = {.segment = next.number, .blocks = 1}, .revision = base, .base = base};
  if (checkpointed < base) {
    overlay.frozen = overlay_->active;
    overlay.base = overlay_->active->base();
  }
  active_ = std::make_shared<Layer>(base);
  overlay.active = active_;
  overlay_ = std::make_shared<const Overlay>(std::move(overlay));
  lock_.SetPosition(overlay_->position);
  lock_.SetUnfinished(false);
  return {};
}

std::size_t RedoLog::BytesOf(const Layer& changes) {
  // A change costs its header and key, which cannot be longer than this.
  return kBlockBytes + changes.value_bytes() + changes.items() * (kKeyBytesMax + 8);
}

StoreResult<> RedoLog::Append(const Layer& changes) {
  const SharedOverlay before = Newest();
  const Revision revision = before->revision + 1;
  RecordWriter writer;
  for (Layer::Cursor cursor(changes, {}, revision); cursor.item() != nullptr; cursor.Next()) {
    writer.Add(cursor.item()->key, cursor.item()->value);
  }
  const std::string record = std::move(writer).Finish(segment_, revision);

  const std::uint64_t offset = std::uint64_t{before->position.blocks} * kBlockBytes;
  const std::uint64_t size_before = TRY(FileOf(segment_.number).Size());
  lock_.SetUnfinished(true);
  Step("write a record");
  if (StoreResult<> written = WriteRecord(offset, record, size_before); !written.ok()) {
    if (Undo(offset, size_before)) {
      lock_.SetUnfinished(false);
      return written;
    }
    // Whoever is next finds out whether it is there.
    return Failure{StoreError{StoreError::Kind::kUnavailable, written.error().message + " (the outcome is unknown)"}};
  }
  Step("publish a record");
  try {
    const std::lock_guard lock(mutex_);
    for (Layer::Cursor cursor(changes, {}, revision); cursor.item() != nullptr; cursor.Next()) {
      active_->Put(*cursor.item());
    }
    const auto blocks = static_cast<std::uint32_t>(record.size() / kBlockBytes);
    Publish({.segment = segment_.number, .blocks = before->position.blocks + blocks}, revision);
    lock_.SetPosition(overlay_->position);
  } catch (const std::bad_alloc&) {
    return Failure{StoreError{StoreError::Kind::kUnavailable, "out of memory (the outcome is unknown)"}};
  }
  lock_.SetUnfinished(false);
  return {};
}

StoreResult<> RedoLog::WriteRecord(std::uint64_t offset, std::string_view record, std::uint64_t size_before) {
  const File& file = FileOf(segment_.number);
  if (synced_header_ != segment_.number) TRY(file.Write(0, EncodeSegmentHeader(segment_)));
  TRY(file.Write(offset, record));
  const std::uint64_t end = offset + record.size();
  if (size_before <= end) {
    // Room for the next ones. Without it they take longer, so that a failure is none.
    const std::uint64_t grown = (end / kGrowthBytes + 1) * kGrowthBytes;
    static_cast<void>(file.Write(end, std::string(grown - end, '\0')).ok());
  }
  Step("sync a record");
  TRY(file.Sync());
  synced_header_ = segment_.number;
  return {};
}

bool RedoLog::Undo(std::uint64_t offset, std::uint64_t size_before) const {
  const File& file = FileOf(segment_.number);
  if (!file.Truncate(size_before).ok()) return false;
  if (offset < size_before && !file.Write(offset, std::string(kBlockBytes, '\0')).ok()) return false;
  return file.Sync().ok();
}

StoreResult<std::optional<SegmentHeader>> RedoLog::ReadHeader(std::size_t file) const {
  std::optional<SegmentHeader> header = DecodeSegmentHeader(TRY(files_[file].Read(0, kBlockBytes)));
  if (header && header->number % 2 != file) header.reset();
  return header;
}

StoreResult<RedoLog::Followed> RedoLog::Follow(std::string_view text, const SegmentHeader& segment, Revision revision,
                                               Revision last, Layer& layer) {
  Followed followed{.revision = revision, .blocks = 0, .last = 0};
  while (followed.revision < last) {
    const std::optional<Record> record = DecodeRecord(text, segment);
    if (!record || record->revision != followed.revision + 1) break;
    if (!AddChanges(*record, layer)) return Failure{Corrupt("the log holds what no program of ours has written")};
    followed.revision = record->revision;
    followed.last = followed.blocks;
    followed.blocks += record->blocks;
    text.remove_prefix(std::min(text.size(), record->blocks * kBlockBytes));
  }
  return followed;
}

StoreResult<bool> RedoLog::Advance(LogPosition target) {
  if (!overlay_) return false;
  const LogPosition position = overlay_->position;
  if (target.segment != position.segment || target.blocks < position.blocks) return false;
  const std::size_t blocks = target.blocks - position.blocks;
  const std::string text =
      TRY(FileOf(target.segment).Read(std::uint64_t{position.blocks} * kBlockBytes, blocks * kBlockBytes));
  const Followed followed = TRY(Follow(text, segment_, overlay_->revision, kNoLast, *active_));
  if (followed.blocks != blocks) return false;
  Publish(target, followed.revision);
  return true;
}

StoreResult<bool> RedoLog::LoadUpTo(LogPosition target, Revision checkpointed) {
  const std::optional<SegmentHeader> newest = TRY(ReadHeader(target.segment % 2));
  if (target.blocks == 0 || !newest || newest->number != target.segment || newest->store != store_) return false;
  return Load(*newest, target.blocks, checkpointed);
}

StoreResult<bool> RedoLog::Load(const SegmentHeader& newest, std::optional<std::uint32_t> blocks,
                                Revision checkpointed) {
  std::shared_ptr<Layer> frozen;
  if (checkpointed < newest.base) {
    const std::size_t other = (newest.number + 1) % 2;
    const std::optional<SegmentHeader> older = TRY(ReadHeader(other));
    if (!older || older->number + 1 != newest.number || older->store != store_ || older->base > checkpointed)
      return false;
    frozen = std::make_shared<Layer>(older->base);
    const std::string text = TRY(files_[other].Read(kBlockBytes, TRY(files_[other].Size())));
    if (TRY(Follow(text, *older, older->base, newest.base, *frozen)).revision != newest.base) return false;
  }
  const File& file = FileOf(newest.number);
  const std::size_t bytes = blocks ? (*blocks - 1) * kBlockBytes : TRY(file.Size());
  auto active = std::make_shared<Layer>(newest.base);
  const Followed followed = TRY(Follow(TRY(file.Read(kBlockBytes, bytes)), newest, newest.base, kNoLast, *active));
  if (blocks && followed.blocks + 1 != *blocks) return false;
  segment_ = newest;
  last_record_ = static_cast<std::uint32_t>(followed.last + 1);
  active_ = active;
  overlay_ = std::make_shared<const Overlay>(
      Overlay{.position = {.segment = newest.number, .blocks = static_cast<std::uint32_t>(followed.blocks + 1)},
              .revision = followed.revision,
              .base = frozen ? frozen->base() : newest.base,
              .active = std::move(active),
              .frozen = std::move(frozen)});
  return true;
}

void RedoLog::Publish(LogPosition position, Revision revision) {
  Overlay next = *overlay_;
  next.position = position;
  next.revision = revision;
  overlay_ = std::make_shared<const Overlay>(std::move(next));
}

void RedoLog::Trim(Revision checkpointed) {
  if (!overlay_->frozen || checkpointed < overlay_->active->base()) return;
  Overlay next = *overlay_;
  next.frozen.reset();
  next.base = next.active->base();
  overlay_ = std::make_shared<const Overlay>(std::move(next));
}

StoreResult<> RedoLog::Recover(Revision checkpointed) {
  const std::lock_guard lock(mutex_);
  std::optional<SegmentHeader> newest;
  for (std::size_t file = 0; file < files_.size(); ++file) {
    const std::optional<SegmentHeader> header = TRY(ReadHeader(file));
    if (!header) continue;
    if (header->store != store_) return Failure{Corrupt("the log is of another store than what is stored")};
    if (!newest || header->number > newest->number) newest = header;
  }
  if (!newest) return Failure{Corrupt("the log is damaged: neither file has a sound header")};
  if (!TRY(Load(*newest, std::nullopt, checkpointed))) {
    return Failure{Corrupt("the log does not go on from what is stored")};
  }
  TRY(RefuseLaterRecords());
  // Nobody may see what could still be lost. What is new is written again: after a sync that failed, the system takes
  // for clean what it has in memory only.
  const File& file = FileOf(newest->number);
  const std::uint64_t last = std::uint64_t{last_record_} * kBlockBytes;
  const std::uint64_t end = std::uint64_t{overlay_->position.blocks} * kBlockBytes;
  TRY(file.Write(0, EncodeSegmentHeader(*newest)));
  if (last < end) TRY(file.Write(last, TRY(file.Read(last, end - last))));
  TRY(file.Sync());
  synced_header_ = newest->number;
  lock_.SetPosition(overlay_->position);
  lock_.SetUnfinished(false);
  return {};
}

// The last record may have been cut short, by a crash that came before it counted. But none was written behind one that
// did not count yet: when there is one, what is in between has been damaged.
StoreResult<> RedoLog::RefuseLaterRecords() const {
  const File& file = FileOf(segment_.number);
  const std::string text = TRY(file.Read(std::uint64_t{overlay_->position.blocks} * kBlockBytes, TRY(file.Size())));
  for (std::size_t at = 0; at < text.size(); at += kBlockBytes) {
    const std::optional<Record> record = DecodeRecord(std::string_view(text).substr(at), segment_);
    if (record && record->revision > overlay_->revision) return Failure{Corrupt("the log is damaged")};
  }
  return {};
}

}  // namespace claviger::store

#include "audit/segment.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <numeric>
#include <system_error>
#include <utility>

namespace claviger::audit {
namespace {

// Stored, never change: docs/internals/audit.md. Numbers are little-endian.
constexpr std::string_view kDataMagic = "CLVAUDIT";
constexpr std::string_view kIndexMagic = "CLVINDEX";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kFrameHeadBytes = 8;
constexpr std::size_t kIndexHeadBytes = 48;
constexpr std::size_t kPostingBytes = 12;
constexpr std::uint32_t kPayloadBytesMax = 16 << 20;
constexpr std::size_t kGuessBytes = 4096;  // Most frames are shorter: one call reads them.
constexpr std::size_t kChunkPostings = 512;
constexpr mode_t kFileMode = S_IRUSR | S_IWUSR;

void Put32(std::string& out, std::uint32_t value) {
  std::array<char, 4> bytes;
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<char>(value >> (8 * i) & 0xFF);
  out.append(bytes.data(), bytes.size());
}
void Put64(std::string& out, std::uint64_t value) {
  Put32(out, static_cast<std::uint32_t>(value));
  Put32(out, static_cast<std::uint32_t>(value >> 32));
}
std::uint32_t Get32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<std::uint8_t>(bytes[at + i])} << (8 * i);
  return value;
}
std::uint64_t Get64(std::string_view bytes, std::size_t at) {
  return Get32(bytes, at) | std::uint64_t{Get32(bytes, at + 4)} << 32;
}

std::uint32_t Checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// Fewer bytes than asked for only at the end of the file.
std::string ReadBytes(int fd, std::size_t size, std::uint64_t offset) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(fd, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

bool WriteBytes(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t wrote = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
  return true;
}

// FNV-1a, 64 bits.
constexpr std::uint64_t Hashed(std::uint64_t hash, std::uint8_t byte) { return (hash ^ byte) * 0x100000001b3; }

std::uint64_t HashOf(AccountId account) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (int shift = 0; shift < 64; shift += 8) hash = Hashed(hash, static_cast<std::uint8_t>(account.number() >> shift));
  return hash;
}

std::uint64_t HashOf(std::uint64_t account, Attribute attribute, std::string_view value) {
  std::uint64_t hash = Hashed(account, static_cast<std::uint8_t>(attribute));
  for (const char c : value) hash = Hashed(hash, static_cast<std::uint8_t>(c));
  return hash;
}

std::string DataHead(std::uint32_t number) {
  std::string head(kDataMagic);
  Put32(head, kFormat);
  Put32(head, number);
  return head;
}

std::string FileName(std::uint32_t number, const char* extension) {
  std::array<char, 32> name;
  const int length = std::snprintf(name.data(), name.size(), "%08x.%s", number, extension);
  return {name.data(), static_cast<std::size_t>(length)};
}

}  // namespace

Failure<JournalError> SystemFailure(std::string_view what, const std::filesystem::path& path) {
  const int error = errno;
  return {
      JournalError{.full = error == ENOSPC || error == EDQUOT,
                   .message = std::string(what) + " " + path.string() + ": " + std::generic_category().message(error)}};
}

std::uint64_t IndexHash(AccountId account, Attribute attribute, std::string_view value) {
  return HashOf(HashOf(account), attribute, value);
}

void AppendFrame(std::string_view entry, std::string& frames) {
  Put32(frames, static_cast<std::uint32_t>(entry.size()));
  Put32(frames, Checksum(entry));
  frames += entry;
}

std::filesystem::path Segment::DataPath() const { return folder_ / FileName(number_, "events"); }
std::filesystem::path Segment::IndexPath() const { return folder_ / FileName(number_, "index"); }

Segment::~Segment() {
  if (fd_ >= 0) close(fd_);
  if (index_fd_ >= 0) close(index_fd_);
}

JournalResult<std::shared_ptr<Segment>> Segment::Create(const std::filesystem::path& folder, std::uint32_t number) {
  auto segment = std::make_shared<Segment>(folder, number, Access::kWrite);
  const std::filesystem::path path = folder.empty() ? "memory" : segment->DataPath();
  segment->fd_ = folder.empty() ? memfd_create("audit", MFD_CLOEXEC)
                                : open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  if (segment->fd_ < 0) return SystemFailure("cannot make", path);
  if (!WriteBytes(segment->fd_, DataHead(number), 0)) {
    auto failure = SystemFailure("cannot write", path);
    if (!folder.empty()) unlink(path.c_str());
    return failure;
  }
  segment->size_ = kFirstFrame;
  segment->loaded_ = true;
  return segment;
}

std::shared_ptr<Segment> Segment::OfFile(const std::filesystem::path& folder, std::uint32_t number, Access access) {
  return std::make_shared<Segment>(folder, number, access);
}

JournalResult<> Segment::Load() {
  const std::lock_guard lock(load_mutex_);
  if (loaded_) return {};
  fd_ = open(DataPath().c_str(), (access_ == Access::kWrite ? O_RDWR : O_RDONLY) | O_CLOEXEC);
  if (fd_ < 0) return SystemFailure("cannot open", DataPath());
  if (!LoadIndex()) TRY(Recover());
  loaded_ = true;
  return {};
}

bool Segment::LoadIndex() {
  index_fd_ = open(IndexPath().c_str(), O_RDONLY | O_CLOEXEC);
  if (index_fd_ < 0) return false;
  const std::string head = ReadBytes(index_fd_, kIndexHeadBytes, 0);
  struct stat status {};
  const bool whole = head.size() == kIndexHeadBytes && head.starts_with(kIndexMagic) && Get32(head, 8) == kFormat &&
                     Get32(head, 44) == Checksum(std::string_view(head).substr(0, 44)) &&
                     fstat(index_fd_, &status) == 0 &&
                     static_cast<std::uint64_t>(status.st_size) == kIndexHeadBytes + Get64(head, 12) * kPostingBytes;
  if (!whole) {
    close(std::exchange(index_fd_, -1));
    return false;
  }
  stored_postings_ = Get64(head, 12);
  size_ = Get32(head, 20);
  first_time_ = TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(Get64(head, 24))));
  last_time_ = TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(Get64(head, 32))));
  return true;
}

// Reads all frames. What follows the last whole one is a write that never ended: it stays, but nothing follows it.
JournalResult<> Segment::Recover() {
  struct stat status {};
  if (fstat(fd_, &status) != 0) return SystemFailure("cannot read", DataPath());
  if (status.st_size > std::numeric_limits<std::uint32_t>::max() ||
      ReadBytes(fd_, kFirstFrame, 0) != DataHead(number_)) {
    return Failure<JournalError>{{.full = false, .message = DataPath().string() + " is not a file of the audit trail"}};
  }
  std::uint32_t offset = kFirstFrame;
  while (const auto payload = ReadPayload(offset)) {
    if (!Note(*payload, offset)) break;
    offset += static_cast<std::uint32_t>(kFrameHeadBytes + payload->size());
  }
  torn_ = offset < status.st_size;
  size_ = offset;
  return {};
}

bool Segment::Note(std::string_view entry, std::uint32_t offset) {
  if (!ReadKeys(entry, keys_)) return false;
  const std::uint64_t account = HashOf(keys_.account);
  const std::size_t first = postings_.size();
  for (const auto& [attribute, value] : keys_.attributes) {
    const Posting posting{.hash = HashOf(account, attribute, value), .offset = offset};
    // A resource type may come several times in one event.
    const bool again =
        std::find(postings_.begin() + static_cast<std::ptrdiff_t>(first), postings_.end(), posting) != postings_.end();
    if (!again) postings_.push_back(posting);
  }
  first_time_ = std::min(first_time_.load(), keys_.time);
  last_time_ = std::max(last_time_.load(), keys_.time);
  return true;
}

JournalResult<> Segment::Append(std::string_view frames) {
  const std::uint32_t begin = size();
  if (!WriteBytes(fd_, frames, begin)) {
    auto failure = SystemFailure("cannot write", DataPath());
    if (ftruncate(fd_, begin) != 0) torn_ = true;
    return failure;
  }
  {
    const std::unique_lock lock(postings_mutex_);
    for (std::size_t at = 0; at < frames.size();) {
      const std::size_t size = Get32(frames, at);
      Note(frames.substr(at + kFrameHeadBytes, size), begin + static_cast<std::uint32_t>(at));
      at += kFrameHeadBytes + size;
    }
  }
  size_.store(begin + static_cast<std::uint32_t>(frames.size()), std::memory_order_release);
  return {};
}

JournalResult<> Segment::Sync(const SyncFunction& sync) {
  if (sync(fd_) != 0) return SystemFailure("cannot sync", DataPath());
  return {};
}

void Segment::CutOff(std::uint32_t offset) {
  torn_ = true;
  {
    const std::unique_lock lock(postings_mutex_);
    std::erase_if(postings_, [&](const Posting& posting) { return posting.offset >= offset; });
  }
  size_ = offset;
  if (ftruncate(fd_, offset) != 0) return;  // Then the bytes stay, and are found here, too.
}

// Most postings share their hash with thousands of others, and those are in order already: dealt by the first bits,
// next to nothing is left to do.
void Segment::Sort(std::vector<Posting>& postings) {
  constexpr unsigned kBits = 14;
  const auto pile_of = [](const Posting& posting) { return posting.hash >> (64 - kBits); };
  std::vector<std::size_t> ends((std::size_t{1} << kBits) + 1);
  for (const Posting& posting : postings) ++ends[pile_of(posting) + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<Posting> sorted(postings.size());
  for (const Posting& posting : postings) sorted[ends[pile_of(posting)]++] = posting;
  std::size_t begin = 0;
  for (std::size_t pile = 0; pile + 1 < ends.size(); ++pile) {
    const std::span<Posting> its(sorted.data() + begin, ends[pile] - begin);
    if (!std::ranges::is_sorted(its)) std::ranges::sort(its);
    begin = ends[pile];
  }
  postings = std::move(sorted);
}

JournalResult<> Segment::Seal() {
  std::vector<Posting> sorted;
  {
    const std::shared_lock lock(postings_mutex_);
    sorted = postings_;
  }
  if (folder_.empty() || index_fd_ >= 0) return {};
  Sort(sorted);
  std::string bytes(kIndexMagic);
  Put32(bytes, kFormat);
  Put64(bytes, sorted.size());
  Put32(bytes, size());
  Put64(bytes, static_cast<std::uint64_t>(first_time_.load().time_since_epoch().count()));
  Put64(bytes, static_cast<std::uint64_t>(last_time_.load().time_since_epoch().count()));
  Put32(bytes, 0);
  Put32(bytes, Checksum(bytes));
  bytes.reserve(bytes.size() + sorted.size() * kPostingBytes);
  for (const Posting& posting : sorted) {
    Put64(bytes, posting.hash);
    Put32(bytes, posting.offset);
  }
  const std::filesystem::path part = IndexPath().string() + ".part";
  const int fd = open(part.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  if (fd < 0) return SystemFailure("cannot make", part);
  if (!WriteBytes(fd, bytes, 0) || fdatasync(fd) != 0 || rename(part.c_str(), IndexPath().c_str()) != 0) {
    auto failure = SystemFailure("cannot write", part);
    close(fd);
    unlink(part.c_str());
    return failure;
  }
  const std::unique_lock lock(postings_mutex_);
  stored_postings_ = sorted.size();
  index_fd_ = fd;
  postings_ = {};
  return {};
}

void Segment::Remove() {
  if (folder_.empty()) return;
  unlink(IndexPath().c_str());
  unlink(DataPath().c_str());
}

// The entry in the whole frame at `offset`; nullopt when there is none.
std::optional<std::string> Segment::ReadPayload(std::uint32_t offset) const {
  std::string bytes = ReadBytes(fd_, kGuessBytes, offset);
  if (bytes.size() < kFrameHeadBytes) return std::nullopt;
  const std::uint32_t size = Get32(bytes, 0);
  if (size > kPayloadBytesMax) return std::nullopt;
  const std::uint32_t checksum = Get32(bytes, 4);
  if (bytes.size() < kFrameHeadBytes + size) {
    if (bytes.size() < kGuessBytes) return std::nullopt;
    bytes += ReadBytes(fd_, kFrameHeadBytes + size - bytes.size(), offset + bytes.size());
    if (bytes.size() < kFrameHeadBytes + size) return std::nullopt;
  }
  bytes.resize(kFrameHeadBytes + size);
  bytes.erase(0, kFrameHeadBytes);
  if (Checksum(bytes) != checksum) return std::nullopt;
  return bytes;
}

JournalResult<std::optional<Segment::Found>> Segment::Read(std::uint32_t offset) {
  const auto payload = ReadPayload(offset);
  auto entry = payload ? Decode(*payload) : std::nullopt;
  if (!entry) return std::optional<Found>();
  return std::optional(Found{.entry = std::move(*entry),
                             .next = offset + static_cast<std::uint32_t>(kFrameHeadBytes + payload->size())});
}

std::string Segment::ReadFrames(std::uint32_t end) const {
  std::string frames;
  for (std::uint32_t offset = kFirstFrame; offset < end;) {
    const auto payload = ReadPayload(offset);
    if (!payload) break;
    AppendFrame(*payload, frames);
    offset += static_cast<std::uint32_t>(kFrameHeadBytes + payload->size());
  }
  return frames;
}

std::optional<Segment::Posting> Segment::StoredPosting(std::uint64_t at) const {
  const std::string bytes = ReadBytes(index_fd_, kPostingBytes, kIndexHeadBytes + at * kPostingBytes);
  if (bytes.size() < kPostingBytes) return std::nullopt;
  return Posting{.hash = Get64(bytes, 0), .offset = Get32(bytes, 8)};
}

JournalResult<> Segment::FindStored(std::uint64_t hash, std::uint32_t before,
                                    const std::function<bool(std::uint32_t)>& visit) {
  // The first posting that is not below {hash, before}; those of the hash stand right before it.
  std::uint64_t low = 0;
  std::uint64_t high = stored_postings_;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto posting = StoredPosting(middle);
    if (!posting) return SystemFailure("cannot read", IndexPath());
    if (*posting < Posting{.hash = hash, .offset = before}) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  while (low > 0) {
    const std::uint64_t count = std::min<std::uint64_t>(low, kChunkPostings);
    low -= count;
    const std::string bytes = ReadBytes(index_fd_, count * kPostingBytes, kIndexHeadBytes + low * kPostingBytes);
    if (bytes.size() < count * kPostingBytes) return SystemFailure("cannot read", IndexPath());
    for (std::uint64_t i = count; i > 0; --i) {
      if (Get64(bytes, (i - 1) * kPostingBytes) != hash) return {};
      if (!visit(Get32(bytes, (i - 1) * kPostingBytes + 8))) return {};
    }
  }
  return {};
}

JournalResult<> Segment::FindBelow(std::uint64_t hash, std::uint32_t before,
                                   const std::function<bool(std::uint32_t)>& visit) {
  std::vector<std::uint32_t> offsets;
  bool stored = false;
  {
    const std::shared_lock lock(postings_mutex_);
    stored = index_fd_ >= 0;
    if (!stored) {
      for (const Posting& posting : postings_) {
        if (posting.hash == hash && posting.offset < before) offsets.push_back(posting.offset);
      }
    }
  }
  if (stored) return FindStored(hash, before, visit);
  for (auto offset = offsets.rbegin(); offset != offsets.rend(); ++offset) {
    if (!visit(*offset)) break;
  }
  return {};
}

}  // namespace claviger::audit

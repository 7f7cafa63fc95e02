#include "store/redo_format.h"

#include <algorithm>
#include <utility>

#include "store/crc32c.h"
#include "store/little_endian.h"

namespace claviger::store {
namespace {

// magic (8 bytes), version (4), number (4), base (8), store (16), salt (8), checksum of all that (4).
constexpr std::string_view kSegmentMagic = "clavredo";
constexpr std::uint32_t kSegmentVersion = 1;
constexpr std::size_t kSegmentChecksumAt = 48;
constexpr std::size_t kSegmentHeaderBytes = 52;

// magic (4 bytes), segment number (4), revision (8), bytes of the changes (4), their checksum (4), checksum of all that
// (4), zero (4); then the changes.
constexpr std::string_view kRecordMagic = "redo";
constexpr std::size_t kChangesChecksumAt = 20;
constexpr std::size_t kHeaderChecksumAt = 24;
constexpr std::size_t kRecordHeaderBytes = 32;

// A change: bytes of the key (2), of the value (4), key, value. A deletion has this instead of a value's size.
constexpr std::size_t kChangeHeaderBytes = 6;
constexpr std::uint32_t kDeleted = 0xffffffff;

// Begun with the segment's salt.
std::uint32_t Checksum(std::string_view bytes, const SegmentHeader& segment) {
  std::array<char, 8> salt;
  StoreLittleEndian(segment.salt, salt.size(), salt.data());
  return Crc32c(Crc32c(0, {salt.data(), salt.size()}), bytes);
}

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string block(kBlockBytes, '\0');
  char* out = block.data();
  kSegmentMagic.copy(out, kSegmentMagic.size());
  StoreLittleEndian(kSegmentVersion, 4, out + 8);
  StoreLittleEndian(header.number, 4, out + 12);
  StoreLittleEndian(header.base, 8, out + 16);
  std::ranges::copy(header.store, out + 24);
  StoreLittleEndian(header.salt, 8, out + 40);
  StoreLittleEndian(Crc32c(0, {out, kSegmentChecksumAt}), 4, out + kSegmentChecksumAt);
  return block;
}

std::optional<SegmentHeader> DecodeSegmentHeader(std::string_view block) {
  if (block.size() < kSegmentHeaderBytes || !block.starts_with(kSegmentMagic)) return std::nullopt;
  const auto number_at = [&](std::size_t at, std::size_t bytes) { return LoadLittleEndian(block.substr(at, bytes)); };
  if (number_at(kSegmentChecksumAt, 4) != Crc32c(0, block.substr(0, kSegmentChecksumAt))) return std::nullopt;
  if (number_at(8, 4) != kSegmentVersion) return std::nullopt;
  SegmentHeader header{
      .number = static_cast<std::uint32_t>(number_at(12, 4)), .base = number_at(16, 8), .salt = number_at(40, 8)};
  std::ranges::copy(block.substr(24, kStoreIdBytes), header.store.begin());
  return header;
}

RecordWriter::RecordWriter() : bytes_(kRecordHeaderBytes, '\0') {}

void RecordWriter::Add(std::string_view key, std::optional<std::string_view> value) {
  std::array<char, kChangeHeaderBytes> header;
  StoreLittleEndian(key.size(), 2, header.data());
  StoreLittleEndian(value ? value->size() : kDeleted, 4, header.data() + 2);
  bytes_.append(header.data(), header.size()).append(key);
  if (value) bytes_.append(*value);
}

std::string RecordWriter::Finish(const SegmentHeader& segment, Revision revision) && {
  const std::string_view changes = std::string_view(bytes_).substr(kRecordHeaderBytes);
  char* out = bytes_.data();
  kRecordMagic.copy(out, kRecordMagic.size());
  StoreLittleEndian(segment.number, 4, out + 4);
  StoreLittleEndian(revision, 8, out + 8);
  StoreLittleEndian(changes.size(), 4, out + 16);
  StoreLittleEndian(Checksum(changes, segment), 4, out + kChangesChecksumAt);
  StoreLittleEndian(Checksum({out, kHeaderChecksumAt}, segment), 4, out + kHeaderChecksumAt);
  bytes_.resize(ToBlocks(bytes_.size()) * kBlockBytes);
  return std::move(bytes_);
}

std::optional<Record> DecodeRecord(std::string_view blocks, const SegmentHeader& segment) {
  if (blocks.size() < kRecordHeaderBytes || !blocks.starts_with(kRecordMagic)) return std::nullopt;
  const auto number_at = [&](std::size_t at, std::size_t bytes) { return LoadLittleEndian(blocks.substr(at, bytes)); };
  // The header first: only a size that we wrote is worth reading so much for.
  if (number_at(kHeaderChecksumAt, 4) != Checksum(blocks.substr(0, kHeaderChecksumAt), segment)) return std::nullopt;
  const std::uint64_t size = number_at(16, 4);
  if (number_at(4, 4) != segment.number || size > blocks.size() - kRecordHeaderBytes) return std::nullopt;
  const std::string_view changes = blocks.substr(kRecordHeaderBytes, size);
  if (number_at(kChangesChecksumAt, 4) != Checksum(changes, segment)) return std::nullopt;
  return Record{.revision = number_at(8, 8), .changes = changes, .blocks = ToBlocks(kRecordHeaderBytes + size)};
}

bool AddChanges(const Record& record, Layer& layer) {
  std::string_view changes = record.changes;
  while (!changes.empty()) {
    if (changes.size() < kChangeHeaderBytes) return false;
    const std::uint64_t key_bytes = LoadLittleEndian(changes.substr(0, 2));
    const std::uint64_t value_bytes = LoadLittleEndian(changes.substr(2, 4));
    const bool deleted = value_bytes == kDeleted;
    changes.remove_prefix(kChangeHeaderBytes);
    if (changes.size() < key_bytes + (deleted ? 0 : value_bytes)) return false;
    Layer::Item item{.key = changes.substr(0, key_bytes), .value = std::nullopt, .revision = record.revision};
    if (!IsStorableKey(item.key) || (!deleted && value_bytes > kValueBytesMax)) return false;
    changes.remove_prefix(key_bytes);
    if (!deleted) {
      item.value = changes.substr(0, value_bytes);
      changes.remove_prefix(value_bytes);
    }
    layer.Put(item);
  }
  return true;
}

}  // namespace claviger::store

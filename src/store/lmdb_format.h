// What is in an LMDB store, byte for byte. Stored: never renumber. Specified in docs/internals/store.md.
#pragma once

#include <lmdb.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "store/little_endian.h"
#include "store/redo_format.h"
#include "store/store.h"

namespace claviger::store {

inline constexpr std::uint32_t kFormatVersion = 2;
// Had no log: a revision was the id of its LMDB transaction plus an offset.
inline constexpr std::uint32_t kFormatVersionWithoutLog = 1;
inline constexpr std::string_view kFormatMagic = "claviger";
// The key of the format record. Every stored key begins with a byte that says what it is.
inline constexpr std::string_view kFormatKey = "m";
inline constexpr char kDataTag = 'd';

inline MDB_val ToVal(std::string_view text) {
  return {.mv_size = text.size(), .mv_data = const_cast<char*>(text.data())};
}
inline std::string_view ToText(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// The one record under kFormatKey: magic (8 bytes), version (4), zero (4), store (16), last revision (8).
struct FormatRecord {
  std::uint32_t version = kFormatVersion;
  StoreId store{};
  Revision last_revision = 0;    // Everything up to here is in LMDB.
  Revision revision_offset = 0;  // Only in the version without a log.
};
inline constexpr std::size_t kFormatRecordBytes = 40;
// Of the version without a log: magic, version, zero, revision offset (8), last revision (8).
inline constexpr std::size_t kFormatRecordBytesWithoutLog = 32;

inline std::array<char, kFormatRecordBytes> EncodeFormat(const FormatRecord& record) {
  std::array<char, kFormatRecordBytes> bytes{};
  std::ranges::copy(kFormatMagic, bytes.begin());
  StoreLittleEndian(record.version, 4, bytes.data() + 8);
  std::ranges::copy(record.store, bytes.begin() + 16);
  StoreLittleEndian(record.last_revision, 8, bytes.data() + 32);
  return bytes;
}

// nullopt when it is not ours. Of a newer version only the version is told.
inline std::optional<FormatRecord> DecodeFormat(std::string_view bytes) {
  if (bytes.size() < 12 || !bytes.starts_with(kFormatMagic)) return std::nullopt;
  FormatRecord record{.version = static_cast<std::uint32_t>(LoadLittleEndian(bytes.substr(8, 4)))};
  if (record.version == kFormatVersionWithoutLog) {
    if (bytes.size() != kFormatRecordBytesWithoutLog) return std::nullopt;
    record.revision_offset = LoadLittleEndian(bytes.substr(16, 8));
    record.last_revision = LoadLittleEndian(bytes.substr(24, 8));
  } else if (record.version == kFormatVersion) {
    if (bytes.size() != kFormatRecordBytes) return std::nullopt;
    std::ranges::copy(bytes.substr(16, kStoreIdBytes), record.store.begin());
    record.last_revision = LoadLittleEndian(bytes.substr(32, 8));
  }
  return record;
}

// A data key: the tag, then the key.
class DataKey {
 public:
  // Takes at most kKeyBytesMax bytes of `key`.
  explicit DataKey(std::string_view key) : size_(key.copy(bytes_.data() + 1, kKeyBytesMax) + 1) {
    bytes_[0] = kDataTag;
  }
  MDB_val val() { return {.mv_size = size_, .mv_data = bytes_.data()}; }

 private:
  std::array<char, kKeyBytesMax + 1> bytes_;
  std::size_t size_;
};

// A data value: the revision that wrote it (8 bytes), then the value.
inline constexpr std::size_t kRevisionBytes = 8;

// nullopt when it cannot be ours: too short, or written by a revision that is still to come.
inline std::optional<Entry> DecodeValue(const MDB_val& stored, Revision newest) {
  const std::string_view bytes = ToText(stored);
  if (bytes.size() < kRevisionBytes) return std::nullopt;
  const Entry entry{.value = bytes.substr(kRevisionBytes),
                    .revision = LoadLittleEndian(bytes.substr(0, kRevisionBytes))};
  if (entry.revision == 0 || entry.revision > newest) return std::nullopt;
  return entry;
}

}  // namespace claviger::store

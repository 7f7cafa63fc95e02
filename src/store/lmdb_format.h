// What is in an LMDB store, byte for byte. Stored: never renumber. Specified in docs/internals/store.md.
#pragma once

#include <lmdb.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "store/store.h"

namespace claviger::store {

inline constexpr std::uint32_t kFormatVersion = 1;
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

inline void StoreLittleEndian(std::uint64_t number, std::size_t bytes, char* out) {
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>(number >> (8 * i));
}
inline std::uint64_t LoadLittleEndian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) number = number << 8 | static_cast<std::uint8_t>(bytes[i - 1]);
  return number;
}

// The one record under kFormatKey: magic (8 bytes), version (4), zero (4), revision offset (8), last revision (8).
struct FormatRecord {
  std::uint32_t version = kFormatVersion;
  Revision revision_offset = 0;  // A revision is the id of its LMDB transaction plus this.
  Revision last_revision = 0;    // Written with every commit.
};
inline constexpr std::size_t kFormatRecordBytes = 32;

inline std::array<char, kFormatRecordBytes> EncodeFormat(const FormatRecord& record) {
  std::array<char, kFormatRecordBytes> bytes{};
  std::memcpy(bytes.data(), kFormatMagic.data(), kFormatMagic.size());
  StoreLittleEndian(record.version, 4, bytes.data() + 8);
  StoreLittleEndian(record.revision_offset, 8, bytes.data() + 16);
  StoreLittleEndian(record.last_revision, 8, bytes.data() + 24);
  return bytes;
}

// nullopt when it is not ours. Of a newer version only the version is told.
inline std::optional<FormatRecord> DecodeFormat(std::string_view bytes) {
  if (bytes.size() < 12 || !bytes.starts_with(kFormatMagic)) return std::nullopt;
  FormatRecord record{.version = static_cast<std::uint32_t>(LoadLittleEndian(bytes.substr(8, 4)))};
  if (record.version != kFormatVersion) return record;
  if (bytes.size() != kFormatRecordBytes) return std::nullopt;
  record.revision_offset = LoadLittleEndian(bytes.substr(16, 8));
  record.last_revision = LoadLittleEndian(bytes.substr(24, 8));
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

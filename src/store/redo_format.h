// What is in the files of the redo log, byte for byte. Stored: never renumber. Specified in docs/internals/store.md.
//
// The readers take bytes that a crash may have left half-written: they look only at what they were given, and what they
// return was written whole, by this segment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "store/layer.h"
#include "store/store.h"

namespace claviger::store {

// Header and records begin on a block and fill whole blocks, so that a record never rewrites what another has on disk.
inline constexpr std::size_t kBlockBytes = 4096;
constexpr std::size_t ToBlocks(std::size_t bytes) { return (bytes + kBlockBytes - 1) / kBlockBytes; }

inline constexpr std::size_t kStoreIdBytes = 16;
using StoreId = std::array<std::uint8_t, kStoreIdBytes>;

// The first block of a segment.
struct SegmentHeader {
  std::uint32_t number = 0;  // Grows by one from segment to segment.
  Revision base = 0;         // The first record is of the revision after this.
  StoreId store{};           // Whose log it is.
  std::uint64_t salt = 0;    // Nobody can make bytes that pass for a record without knowing it.
};

std::string EncodeSegmentHeader(const SegmentHeader& header);
// nullopt when `block` holds no header that was written whole.
std::optional<SegmentHeader> DecodeSegmentHeader(std::string_view block);

// All changes of one revision.
struct Record {
  Revision revision;
  std::string_view changes;
  std::size_t blocks;
};

// Puts a record together: as many Add as there are changes, then Finish once.
class RecordWriter {
 public:
  RecordWriter();
  void Add(std::string_view key, std::optional<std::string_view> value);
  // What the record will take, with one more change of so many bytes.
  std::size_t bytes() const { return bytes_.size(); }
  // Whole blocks.
  std::string Finish(const SegmentHeader& segment, Revision revision) &&;

 private:
  std::string bytes_;
};

// The record at the beginning of `blocks`, which may go on behind it; nullopt when there is none of this segment.
std::optional<Record> DecodeRecord(std::string_view blocks, const SegmentHeader& segment);

// Adds a record's changes to `layer`. Returns false, and may have added some, when they are none that we would write.
bool AddChanges(const Record& record, Layer& layer);

}  // namespace claviger::store

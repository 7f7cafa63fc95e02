// Whatever a crash left in a log, its readers return; and what they take can be written again, to the same effect.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/layer.h"
#include "store/redo_format.h"

namespace {

using claviger::store::AddChanges;
using claviger::store::DecodeRecord;
using claviger::store::DecodeSegmentHeader;
using claviger::store::Layer;
using claviger::store::Record;
using claviger::store::RecordWriter;
using claviger::store::Revision;
using claviger::store::SegmentHeader;

constexpr SegmentHeader kSegment{.number = 3, .base = 1, .store = {}, .salt = 7};
constexpr Revision kRevision = 2;

std::string Written(const Layer& layer) {
  RecordWriter writer;
  for (Layer::Cursor cursor(layer, {}, kRevision); cursor.item() != nullptr; cursor.Next()) {
    writer.Add(cursor.item()->key, cursor.item()->value);
  }
  return std::move(writer).Finish(kSegment, kRevision);
}

// As a record that is sound on the outside: past the checksums, where the fuzzer would never come by itself.
void CheckChanges(std::string_view changes) {
  Layer layer(kSegment.base);
  if (!AddChanges({.revision = kRevision, .changes = changes, .blocks = 1}, layer)) return;
  const std::string blocks = Written(layer);
  const auto record = DecodeRecord(blocks, kSegment);
  if (!record || record->revision != kRevision || record->blocks * claviger::store::kBlockBytes != blocks.size()) {
    std::abort();
  }
  Layer again(kSegment.base);
  if (!AddChanges(*record, again) || Written(again) != blocks) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto segment = DecodeSegmentHeader(bytes);
  if (const auto record = DecodeRecord(bytes, segment.value_or(kSegment)); record && record->changes.size() > size) {
    std::abort();
  }
  CheckChanges(bytes);
  return 0;
}

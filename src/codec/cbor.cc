#include "codec/cbor.h"

#include <cbor.h>

namespace claviger::codec {
namespace {

template <CborKind kKind>
void TakeNumber(void* found, std::uint64_t number) {
  *static_cast<std::optional<CborItem>*>(found) = CborItem{.kind = kKind, .number = number};
}

void TakeSimple(void* found) { *static_cast<std::optional<CborItem>*>(found) = CborItem{}; }

// Those that are not set here leave what is found empty: tags, and whatever has no length in front.
cbor_callbacks MakeCallbacks() {
  cbor_callbacks callbacks = cbor_empty_callbacks;
  callbacks.uint8 = [](void* found, std::uint8_t number) { TakeNumber<CborKind::kUnsigned>(found, number); };
  callbacks.uint16 = [](void* found, std::uint16_t number) { TakeNumber<CborKind::kUnsigned>(found, number); };
  callbacks.uint32 = [](void* found, std::uint32_t number) { TakeNumber<CborKind::kUnsigned>(found, number); };
  callbacks.uint64 = [](void* found, std::uint64_t number) { TakeNumber<CborKind::kUnsigned>(found, number); };
  callbacks.negint8 = [](void* found, std::uint8_t number) { TakeNumber<CborKind::kNegative>(found, number); };
  callbacks.negint16 = [](void* found, std::uint16_t number) { TakeNumber<CborKind::kNegative>(found, number); };
  callbacks.negint32 = [](void* found, std::uint32_t number) { TakeNumber<CborKind::kNegative>(found, number); };
  callbacks.negint64 = [](void* found, std::uint64_t number) { TakeNumber<CborKind::kNegative>(found, number); };
  callbacks.byte_string = [](void* found, cbor_data data, auto size) {
    *static_cast<std::optional<CborItem>*>(found) =
        CborItem{.kind = CborKind::kBytes, .bytes = {reinterpret_cast<const char*>(data), size}};
  };
  callbacks.string = [](void* found, cbor_data data, auto size) {
    *static_cast<std::optional<CborItem>*>(found) =
        CborItem{.kind = CborKind::kText, .bytes = {reinterpret_cast<const char*>(data), size}};
  };
  callbacks.array_start = [](void* found, auto count) { TakeNumber<CborKind::kArray>(found, count); };
  callbacks.map_start = [](void* found, auto count) { TakeNumber<CborKind::kMap>(found, count); };
  callbacks.float2 = [](void* found, float) { TakeSimple(found); };
  callbacks.float4 = [](void* found, float) { TakeSimple(found); };
  callbacks.float8 = [](void* found, double) { TakeSimple(found); };
  callbacks.undefined = TakeSimple;
  callbacks.null = TakeSimple;
  callbacks.boolean = [](void* found, bool) { TakeSimple(found); };
  return callbacks;
}

}  // namespace

std::optional<CborItem> CborReader::Next() {
  static const cbor_callbacks callbacks = MakeCallbacks();
  std::optional<CborItem> found;
  const cbor_decoder_result result =
      cbor_stream_decode(reinterpret_cast<cbor_data>(rest_.data()), rest_.size(), &callbacks, &found);
  if (result.status != CBOR_DECODER_FINISHED || result.read > rest_.size()) return std::nullopt;
  if (found) rest_.remove_prefix(result.read);
  return found;
}

std::optional<std::string_view> CborReader::Skip() {
  const std::string_view before = rest_;
  for (std::uint64_t left = 1; left > 0; --left) {
    const auto item = Next();
    if (!item) return std::nullopt;
    const bool nests = item->kind == CborKind::kArray || item->kind == CborKind::kMap;
    if (!nests) continue;
    if (item->number > rest_.size()) return std::nullopt;  // Each item takes a byte at least.
    left += item->kind == CborKind::kMap ? 2 * item->number : item->number;
  }
  return before.substr(0, before.size() - rest_.size());
}

}  // namespace claviger::codec

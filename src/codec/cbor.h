// CBOR (RFC 8949) from untrusted bytes, item by item, as security keys write it (the canonical form of CTAP2): lengths
// stand in front, and there are no tags. Anything else is refused. Pure; allocates nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace claviger::codec {

enum class CborKind : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kSimple };

struct CborItem {
  CborKind kind = CborKind::kSimple;  // kSimple: a number with a fraction, true, false, null, undefined.
  // An unsigned number; n of the negative number -1 - n; how many items follow in an array, or pairs in a map.
  std::uint64_t number = 0;
  std::string_view bytes;  // Of bytes or a text; points into what is read.
};

class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : rest_(bytes) {}

  // The next item, of an array or map its head. nullopt where there is none, or none that is taken.
  std::optional<CborItem> Next();
  // The bytes of the next item with all that is in it, however deep.
  std::optional<std::string_view> Skip();
  // What was not read yet.
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace claviger::codec

// Whatever the bytes, the parser returns; and what it takes lies inside the text, in order.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "codec/json.h"

namespace {

using claviger::codec::JsonMember;
using claviger::codec::JsonValue;

void Check(const JsonValue& value, std::uint32_t from, std::uint32_t to) {
  if (value.lead.offset < from || value.begin.offset < value.lead.offset || value.end.offset <= value.begin.offset ||
      value.end.offset > to) {
    std::abort();
  }
  std::uint32_t at = value.begin.offset;
  for (const JsonValue& item : value.items) {
    Check(item, at, value.end.offset);
    at = item.end.offset;
  }
  for (const JsonMember& member : value.members) {
    Check(member.value, at, value.end.offset);
    at = member.value.end.offset;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = claviger::codec::ParseJson(text);
  if (document.ok()) {
    Check(document->root(), 0, static_cast<std::uint32_t>(size));
  } else if (document.error().position.offset > size) {
    std::abort();
  }
  return 0;
}

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "audit/parameters.h"
#include "base/encoding.h"

namespace claviger::audit {
namespace {

using codec::JsonKind;
using codec::JsonValue;

template <class T>
T& As(void* value) {
  return *static_cast<T*>(value);
}

// "userName" is the member "UserName".
bool IsNameOf(std::string_view written, std::string_view member) {
  if (written.size() != member.size() || written.empty() || written.substr(1) != member.substr(1)) return false;
  const char first = member.front();
  return written.front() == (first >= 'A' && first <= 'Z' ? static_cast<char>(first + ('a' - 'A')) : first);
}

template <class Number>
bool ReadNumber(const JsonValue& json, void* value) {
  const char* const end = json.text.data() + json.text.size();
  const auto [stop, error] = std::from_chars(json.text.data(), end, As<Number>(value));
  return json.kind == JsonKind::kNumber && error == std::errc() && stop == end;
}

// Goes down with the nesting of the shapes and of the text, which its parser has bounded.
bool ReadValue(const Shape& shape, const JsonValue& json, void* value);

bool ReadBlob(const JsonValue& json, void* value) {
  auto bytes = json.IsString() ? Base64Decode(json.text) : std::nullopt;
  if (!bytes) return false;
  As<std::string>(value) = *std::move(bytes);
  return true;
}

bool ReadList(const Shape& shape, const JsonValue& json, void* list) {
  if (!json.IsArray()) return false;
  shape.list->resize(list, json.items.size());
  for (std::size_t i = 0; i < json.items.size(); ++i) {
    if (!ReadValue(*shape.element, json.items[i], shape.list->at(list, i))) return false;
  }
  return true;
}

bool ReadMap(const Shape& shape, const JsonValue& json, void* map) {
  if (!json.IsObject()) return false;
  return std::ranges::all_of(json.members, [&](const codec::JsonMember& member) {
    return ReadValue(*shape.element, member.value, shape.map->emplace(map, member.name));
  });
}

bool ReadValue(const Shape& shape, const JsonValue& json, void* value) {
  switch (shape.kind) {
    case ShapeKind::kString:
      As<std::string>(value) = json.text;
      return json.IsString();
    case ShapeKind::kInteger:
      return ReadNumber<std::int32_t>(json, value);
    case ShapeKind::kLong:
      return ReadNumber<std::int64_t>(json, value);
    case ShapeKind::kDouble:
      return ReadNumber<double>(json, value);
    case ShapeKind::kBoolean:
      As<bool>(value) = json.text == "true";
      return json.kind == JsonKind::kBool;
    case ShapeKind::kTimestamp:
      return json.IsString();
    case ShapeKind::kBlob:
      return ReadBlob(json, value);
    case ShapeKind::kList:
      return ReadList(shape, json, value);
    case ShapeKind::kMap:
      return ReadMap(shape, json, value);
    case ShapeKind::kStructure:
      return ReadParameters(shape, json, value);
  }
  return false;
}

}  // namespace

bool ReadParameters(const Shape& shape, const JsonValue& json, void* structure) {
  if (json.kind == JsonKind::kNull) return true;
  if (!json.IsObject()) return false;
  for (const codec::JsonMember& written : json.members) {
    const auto member =
        std::ranges::find_if(shape.members, [&](const Member& known) { return IsNameOf(written.name, known.name); });
    if (member == shape.members.end()) return false;
    void* const field = FieldOf(structure, *member);
    void* const value = member->optional == nullptr ? field : member->optional->emplace(field);
    if (!ReadValue(*member->shape, written.value, value)) return false;
  }
  return true;
}

}  // namespace claviger::audit

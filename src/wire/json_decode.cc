#include "wire/json_decode.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/encoding.h"
#include "codec/json.h"
#include "wire/limits.h"
#include "wire/validate.h"

namespace claviger::wire {
namespace {

using codec::JsonKind;
using codec::JsonValue;

// Of either sign: the end of the year 9999.
constexpr double kTimestampSecondsMax = 253'402'300'799;

std::string_view TokenOf(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::kNull:
      return "NULL";
    case JsonKind::kBool:
      return value.text == "true" ? "TRUE" : "FALSE";
    case JsonKind::kNumber:
      return "NUMBER";
    default:
      return "STRING";
  }
}

std::string_view TypeOf(ShapeKind kind) {
  switch (kind) {
    case ShapeKind::kInteger:
      return "an Integer";
    case ShapeKind::kLong:
      return "a Long";
    case ShapeKind::kDouble:
      return "a Double";
    case ShapeKind::kBoolean:
      return "a Boolean";
    case ShapeKind::kTimestamp:
      return "a Timestamp";
    case ShapeKind::kBlob:
      return "a Blob";
    default:
      return "a String";
  }
}

bool IsCollection(ShapeKind kind) {
  return kind == ShapeKind::kList || kind == ShapeKind::kMap || kind == ShapeKind::kStructure;
}

// A value of another type than the member's, in the services' words.
Failure<Error> Unfit(ShapeKind wanted, const JsonValue& value) {
  if (value.IsArray()) return Fail(ErrorCode::kMalformedInput, "Start of list found where not expected");
  if (value.IsObject()) {
    return Fail(ErrorCode::kMalformedInput, "Start of structure or map found where not expected.");
  }
  if (IsCollection(wanted)) return Fail(ErrorCode::kMalformedInput, "Unexpected field type");
  std::string message(TokenOf(value));
  message += "_VALUE can not be converted to ";
  message += TypeOf(wanted);
  return Fail(ErrorCode::kMalformedInput, std::move(message));
}

bool ReadDouble(std::string_view text, double& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end && std::isfinite(value);
}

template <class Integer>
bool ReadWhole(std::string_view text, Integer& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end) return true;
  double number = 0;
  if (!ReadDouble(text, number)) return false;
  number = std::trunc(number);
  constexpr double kBound = -static_cast<double>(std::numeric_limits<Integer>::min());  // A power of two: exact.
  if (number < -kBound || number >= kBound) return false;
  value = static_cast<Integer>(number);
  return true;
}

bool ReadTimestamp(std::string_view text, TimePoint& time) {
  double seconds = 0;
  if (!ReadDouble(text, seconds) || std::abs(seconds) > kTimestampSecondsMax) return false;
  time = TimePoint(std::chrono::milliseconds(std::llround(seconds * 1000)));
  return true;
}

bool ReadScalar(ShapeKind kind, const JsonValue& value, void* to) {
  switch (kind) {
    case ShapeKind::kString:
      if (!value.IsString()) return false;
      static_cast<std::string*>(to)->assign(value.text);
      return true;
    case ShapeKind::kBlob: {
      if (!value.IsString()) return false;
      auto bytes = Base64Decode(value.text);
      if (!bytes) return false;
      *static_cast<std::string*>(to) = *std::move(bytes);
      return true;
    }
    case ShapeKind::kBoolean:
      *static_cast<bool*>(to) = value.text == "true";
      return value.kind == JsonKind::kBool;
    case ShapeKind::kInteger:
      return value.kind == JsonKind::kNumber && ReadWhole(value.text, *static_cast<std::int32_t*>(to));
    case ShapeKind::kLong:
      return value.kind == JsonKind::kNumber && ReadWhole(value.text, *static_cast<std::int64_t*>(to));
    case ShapeKind::kDouble:
      return value.kind == JsonKind::kNumber && ReadDouble(value.text, *static_cast<double*>(to));
    case ShapeKind::kTimestamp:
      return value.kind == JsonKind::kNumber && ReadTimestamp(value.text, *static_cast<TimePoint*>(to));
    default:
      return false;
  }
}

// Goes down with the nesting of the text, which its parser has bounded.
class JsonReader {
 public:
  Result<> Read(const Shape& shape, const JsonValue& value, void* to) {
    switch (shape.kind) {
      case ShapeKind::kStructure:
        return value.IsObject() ? ReadStructure(shape, value, to) : Unfit(shape.kind, value);
      case ShapeKind::kList:
        return value.IsArray() ? ReadList(shape, value, to) : Unfit(shape.kind, value);
      case ShapeKind::kMap:
        return value.IsObject() ? ReadMap(shape, value, to) : Unfit(shape.kind, value);
      default:
        if (!ReadScalar(shape.kind, value, to)) return Unfit(shape.kind, value);
        return {};
    }
  }

  Result<> ReadStructure(const Shape& shape, const JsonValue& object, void* structure) {
    for (const Member& member : shape.members) {
      const JsonValue* value = object.Find(member.name);
      if (value == nullptr || value->kind == JsonKind::kNull) {
        if (member.required) missing_.push_back({structure, &member});
        continue;
      }
      void* const field = FieldOf(structure, member);
      TRY(Read(*member.shape, *value, member.optional == nullptr ? field : member.optional->emplace(field)));
    }
    return {};
  }

  [[nodiscard]] std::vector<MissingMember> TakeMissing() { return std::move(missing_); }

 private:
  Result<> ReadList(const Shape& shape, const JsonValue& array, void* list) {
    shape.list->resize(list, array.items.size());  // Once: missing_ keeps addresses of elements.
    for (std::size_t position = 0; position < array.items.size(); ++position) {
      TRY(Read(*shape.element, array.items[position], shape.list->at(list, position)));
    }
    return {};
  }

  Result<> ReadMap(const Shape& shape, const JsonValue& object, void* map) {
    for (const codec::JsonMember& member : object.members) {
      TRY(Read(*shape.element, member.value, shape.map->emplace(map, member.name)));
    }
    return {};
  }

  std::vector<MissingMember> missing_;
};

}  // namespace

Result<> DecodeJson(std::string_view body, const Shape& request_shape, ValidationStyle style, void* request) {
  const auto document = codec::ParseJson(body.empty() ? "{}" : body, kJsonLimits);
  if (!document.ok()) {
    if (document.error().kind == codec::JsonErrorKind::kTooLarge) {
      return Fail(ErrorCode::kRequestEntityTooLarge, "The request is larger than this service accepts.");
    }
    return Fail(ErrorCode::kMalformedInput, "");
  }
  JsonReader reader;
  TRY(reader.Read(request_shape, document->root(), request));
  return Validate(request_shape, style, request, reader.TakeMissing());
}

}  // namespace claviger::wire

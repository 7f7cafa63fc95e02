#include "wire/validate.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/time_text.h"
#include "codec/utf8.h"
#include "wire/pattern.h"
#include "wire/text_internal.h"

namespace claviger::wire {
namespace {

template <class T>
const T& As(const void* value) {
  return *static_cast<const T*>(value);
}

bool IsNumber(const Shape& shape) { return shape.kind == ShapeKind::kInteger || shape.kind == ShapeKind::kLong; }

// What the bounds of a shape are about: a number, or a length.
std::int64_t Magnitude(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case ShapeKind::kString:
      return static_cast<std::int64_t>(codec::Utf16Length(As<std::string>(value)));
    case ShapeKind::kBlob:
      return static_cast<std::int64_t>(As<std::string>(value).size());
    case ShapeKind::kInteger:
      return As<std::int32_t>(value);
    case ShapeKind::kLong:
      return As<std::int64_t>(value);
    case ShapeKind::kList:
      return static_cast<std::int64_t>(shape.list->size(value));
    case ShapeKind::kMap:
      return static_cast<std::int64_t>(shape.map->size(value));
    default:
      return 0;
  }
}

std::string MinText(const Shape& shape) {
  return (IsNumber(shape) ? "Member must have value greater than or equal to "
                          : "Member must have length greater than or equal to ") +
         std::to_string(shape.min);
}

std::string MaxText(const Shape& shape) {
  return (IsNumber(shape) ? "Member must have value less than or equal to "
                          : "Member must have length less than or equal to ") +
         std::to_string(shape.max);
}

std::string PatternText(const Shape& shape) {
  return "Member must satisfy regular expression pattern: " + std::string(shape.pattern->text);
}

std::string EnumText(const Shape& shape, ValidationStyle style) {
  std::string text = "Member must satisfy enum value set";
  if (style == ValidationStyle::kPlain) return text;
  text += ": [";
  for (const std::string_view value : shape.enum_values) {
    if (text.back() != '[') text += ", ";
    text += value;
  }
  return text + "]";
}

bool AllowsPattern(const Shape& shape, const void* value) {
  return shape.pattern == nullptr || Matches(*shape.pattern, As<std::string>(value));
}

bool AllowsEnum(const Shape& shape, const void* value) {
  return shape.enum_values.empty() ||
         std::ranges::find(shape.enum_values, As<std::string>(value)) != shape.enum_values.end();
}

bool AllowsScalar(const Shape& shape, const void* value) {
  const std::int64_t magnitude = Magnitude(shape, value);
  return magnitude >= shape.min && magnitude <= shape.max && AllowsPattern(shape, value) && AllowsEnum(shape, value);
}

// All constraints of a scalar in a list or map, as one text.
std::string ScalarText(const Shape& shape, bool not_null, ValidationStyle style) {
  std::string text;
  const auto add = [&text](std::string_view constraint) {
    if (!text.empty()) text += ", ";
    text += constraint;
  };
  if (shape.max != Shape::kNoMax) add(MaxText(shape));
  if (shape.min != Shape::kNoMin) add(MinText(shape));
  if (shape.pattern != nullptr) add(PatternText(shape));
  if (!shape.enum_values.empty()) add(EnumText(shape, style));
  if (not_null) add("Member must not be null");
  return text + "]";
}

std::string ElementText(const Shape& list, ValidationStyle style) {
  return "Member must satisfy constraint: [" + ScalarText(*list.element, list.element_not_null, style);
}

// What is told of a violation in ValidationStyle::kReason.
struct Reason {
  std::string_view word;
  std::string_view message;
};

constexpr Reason kMissing{"INPUT_REQUIRED", "You must include a value for all required parameters."};
constexpr Reason kPattern{"INVALID_PATTERN", "You provided a value that does not match the required pattern."};
constexpr Reason kEnum{"INVALID_ENUM", "You specified an invalid value."};
constexpr Reason kListMember{"INVALID_LIST_MEMBER", "You provided a list that contains at least one invalid value."};
constexpr Reason kTooShort{"MIN_LENGTH_EXCEEDED", "You provided a string parameter that is shorter than allowed."};
constexpr Reason kTooLong{"MAX_LENGTH_EXCEEDED", "You provided a string parameter that is longer than allowed."};
constexpr Reason kTooSmall{"MIN_VALUE_EXCEEDED",
                           "You provided a numeric parameter that has a smaller value than allowed."};
constexpr Reason kTooLarge{"MAX_VALUE_EXCEEDED",
                           "You provided a numeric parameter that has a larger value than allowed."};

// Appends a value as a message repeats it; stops soon after kEchoBytesMax.
void AppendEcho(const Shape& shape, const void* value, std::string& out) {
  if (out.size() > kEchoBytesMax) return;
  switch (shape.kind) {
    case ShapeKind::kString:
      out += ClipUtf8(As<std::string>(value), kEchoBytesMax);
      return;
    case ShapeKind::kBoolean:
      out += As<bool>(value) ? "true" : "false";
      return;
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
      out += std::to_string(Magnitude(shape, value));
      return;
    case ShapeKind::kTimestamp:
      out += FormatIso8601(As<TimePoint>(value));
      return;
    case ShapeKind::kBlob:
      out += Base64Encode(AsBytes(ClipUtf8(As<std::string>(value), kEchoBytesMax)));
      return;
    case ShapeKind::kList: {
      out += '[';
      for (std::size_t index = 0; index < shape.list->size(value); ++index) {
        if (index > 0) out += ", ";
        AppendEcho(*shape.element, shape.list->at_const(value, index), out);
      }
      out += ']';
      return;
    }
    case ShapeKind::kMap: {
      struct Context {
        const Shape& shape;
        std::string& out;
      } context{shape, out};
      out += '{';
      shape.map->visit(value, &context, [](void* opaque, const std::string& key, const void* mapped) {
        const Context& to = *static_cast<Context*>(opaque);
        if (to.out.size() > kEchoBytesMax) return;
        if (to.out.back() != '{') to.out += ", ";
        to.out += ClipUtf8(key, kEchoBytesMax);
        to.out += '=';
        AppendEcho(*to.shape.element, mapped, to.out);
      });
      out += '}';
      return;
    }
    case ShapeKind::kDouble:
      return;  // No request has one.
    case ShapeKind::kStructure: {
      out += '{';
      for (const Member& member : shape.members) {
        const void* part = FindValue(value, member);
        if (part == nullptr) continue;
        if (out.back() != '{') out += ", ";
        out += member.name;
        out += '=';
        if (!member.shape->sensitive) AppendEcho(*member.shape, part, out);
      }
      out += '}';
      return;
    }
  }
}

class Validator {
 public:
  Validator(ValidationStyle style, std::vector<MissingMember> missing) : style_(style), missing_(std::move(missing)) {
    std::ranges::sort(missing_);
  }

  void CheckStructure(const Shape& shape, const void* structure) {
    for (const Member& member : shape.members) {
      const std::size_t mark = path_.size();
      if (mark != 0) path_ += '.';
      path_ += member.field;
      if (IsMissing(structure, member)) {
        AddNull();
      } else if (const void* value = FindValue(structure, member)) {
        CheckValue(*member.shape, value, member.check);
      }
      path_.resize(mark);
    }
  }

  // All violations as one error, or what the style has of them.
  [[nodiscard]] Result<> Outcome() const {
    if (count_ == 0) return {};
    if (style_ == ValidationStyle::kReason) {
      return Fail(ErrorCode::kInvalidInputException, std::string(first_.message), std::string(first_.word));
    }
    return Fail(ErrorCode::kValidationError,
                std::to_string(count_) +
                    (count_ == 1 ? " validation error detected: " : " validation errors detected: ") + violations_);
  }

 private:
  [[nodiscard]] bool IsMissing(const void* structure, const Member& member) const {
    return std::ranges::binary_search(missing_, MissingMember{structure, &member});
  }

  void CheckValue(const Shape& shape, const void* value, const MemberCheck* check) {
    if (count_ == kValidationErrorsMax) return;
    const bool by_hand = check != nullptr && check->pattern == shape.pattern;
    if (!by_hand && !AllowsPattern(shape, value)) Add(shape, value, PatternText(shape), kPattern);
    if (!AllowsEnum(shape, value)) Add(shape, value, EnumText(shape, style_), kEnum);
    const std::int64_t magnitude = Magnitude(shape, value);
    if (magnitude < shape.min) Add(shape, value, MinText(shape), IsNumber(shape) ? kTooSmall : kTooShort);
    if (magnitude > shape.max) {
      Add(shape, value, MaxText(shape), IsNumber(shape) ? kTooLarge : kTooLong);
    } else if (shape.kind == ShapeKind::kList) {
      CheckElements(shape, value);
    } else if (shape.kind == ShapeKind::kMap) {
      CheckEntries(shape, value);
    } else if (shape.kind == ShapeKind::kStructure) {
      CheckStructure(shape, value);
    }
  }

  void CheckElements(const Shape& shape, const void* list) {
    const Shape& element = *shape.element;
    const std::size_t size = shape.list->size(list);
    if (element.kind != ShapeKind::kStructure) {
      for (std::size_t index = 0; index < size; ++index) {
        if (!AllowsScalar(element, shape.list->at_const(list, index)))
          return Add(shape, list, ElementText(shape, style_), kListMember);
      }
      return;
    }
    const std::size_t mark = path_.size();
    for (std::size_t index = 0; index < size && count_ < kValidationErrorsMax; ++index) {
      path_ += '.';
      path_ += std::to_string(index + 1);
      path_ += ".member";
      CheckStructure(element, shape.list->at_const(list, index));
      path_.resize(mark);
    }
  }

  // Keys and values of a map, which are scalars in every request.
  void CheckEntries(const Shape& shape, const void* map) {
    struct Bad {
      const Shape& shape;
      bool key = false;
      bool value = false;
    } bad{shape};
    shape.map->visit(map, &bad, [](void* opaque, const std::string& key, const void* value) {
      Bad& found = *static_cast<Bad*>(opaque);
      found.key = found.key || !AllowsScalar(*found.shape.key, &key);
      found.value = found.value || !AllowsScalar(*found.shape.element, value);
    });
    if (bad.key) {
      Add(shape, map, "Map keys must satisfy constraint: [" + ScalarText(*shape.key, false, style_), kListMember);
    }
    if (bad.value) {
      Add(shape, map, "Map value must satisfy constraint: [" + ScalarText(*shape.element, false, style_), kListMember);
    }
  }

  void Add(const Shape& shape, const void* value, std::string_view constraint, const Reason& reason) {
    if (count_ == 0) first_ = reason;
    std::string start = "Value ";
    const bool secret = shape.sensitive || (shape.element != nullptr && shape.element->sensitive);
    if (style_ == ValidationStyle::kEcho && !secret) {
      std::string echo;
      AppendEcho(shape, value, echo);
      start += "'";
      start += ClipUtf8(echo, kEchoBytesMax);
      start += "' ";
    }
    AddText(start, constraint);
  }

  void AddNull() {
    if (count_ == 0) first_ = kMissing;
    AddText(style_ == ValidationStyle::kEcho ? "Value null " : "Value ", "Member must not be null");
  }

  void AddText(std::string_view start, std::string_view constraint) {
    if (count_ == kValidationErrorsMax) return;
    if (count_++ > 0) violations_ += "; ";
    violations_ += start;
    violations_ += "at '";
    violations_ += path_;
    violations_ += "' failed to satisfy constraint: ";
    violations_ += constraint;
  }

  ValidationStyle style_;
  std::vector<MissingMember> missing_;  // Sorted.
  std::string path_;                    // Of the member being looked at: "tags.1.member.key".
  std::string violations_;
  Reason first_;  // Why the first of them is one.
  std::size_t count_ = 0;
};

std::string CheckMessage(const MemberCheck& check, std::string_view value) {
  constexpr std::string_view kPlaceholder = "{value}";
  std::string message(check.message);
  const std::size_t position = message.find(kPlaceholder);
  if (position != std::string::npos) message.replace(position, kPlaceholder.size(), ClipUtf8(value, kEchoBytesMax));
  return message;
}

}  // namespace

Result<> Validate(const Shape& request_shape, ValidationStyle style, const void* request,
                  std::vector<MissingMember> missing) {
  Validator validator(style, std::move(missing));
  validator.CheckStructure(request_shape, request);
  TRY(validator.Outcome());
  for (const Member& member : request_shape.members) {
    if (member.check == nullptr) continue;
    const void* value = FindValue(request, member);
    if (value == nullptr || Matches(*member.check->pattern, As<std::string>(value))) continue;
    return Fail(ErrorCode::kValidationError, CheckMessage(*member.check, As<std::string>(value)));
  }
  return {};
}

}  // namespace claviger::wire

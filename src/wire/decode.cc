#include "wire/decode.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
#include "base/time_text.h"
#include "wire/limits.h"
#include "wire/validate.h"

namespace claviger::wire {
namespace {

// Nine digits: no form has room for more elements, and the number stays far from overflow.
constexpr std::size_t kIndexDigitsMax = 9;

Failure<Error> Malformed() { return Fail(ErrorCode::kMalformedInput, ""); }

template <class Number>
bool ReadNumber(std::string_view text, void* value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *static_cast<Number*>(value));
  return error == std::errc() && stop == end;
}

bool ReadBoolean(std::string_view text, void* value) {
  const bool is_true = EqualsIgnoreCase(text, "true");
  *static_cast<bool*>(value) = is_true;
  return is_true || EqualsIgnoreCase(text, "false");
}

template <class T>
bool Assign(std::optional<T> read, void* value) {
  if (!read) return false;
  *static_cast<T*>(value) = *std::move(read);
  return true;
}

bool ReadScalar(const Shape& shape, std::string_view text, void* value) {
  switch (shape.kind) {
    case ShapeKind::kString:
      static_cast<std::string*>(value)->assign(text);
      return true;
    case ShapeKind::kInteger:
      return ReadNumber<std::int32_t>(text, value);
    case ShapeKind::kLong:
      return ReadNumber<std::int64_t>(text, value);
    case ShapeKind::kBoolean:
      return ReadBoolean(text, value);
    case ShapeKind::kTimestamp:
      return Assign<TimePoint>(ParseIso8601(text), value);
    case ShapeKind::kBlob:
      return Assign<std::string>(Base64Decode(text), value);
    default:
      return false;  // No list of lists: the generator refuses it.
  }
}

// The element's number at the start of `text`, which must end there, or go on with a member where elements are
// structures.
std::optional<std::uint32_t> ElementIndex(std::string_view text, bool structures) {
  const std::size_t digits = std::min(text.find('.'), text.size());
  if ((digits < text.size()) != structures) return std::nullopt;
  if (digits == 0 || digits > kIndexDigitsMax || (text[0] == '0' && digits > 1)) return std::nullopt;
  std::uint32_t index = 0;
  if (!ReadNumber<std::uint32_t>(text.substr(0, digits), &index)) return std::nullopt;
  return index;
}

class FormReader {
 public:
  explicit FormReader(const codec::Form& form) : form_(form) {}

  // Reads the members of a structure whose parameters' names begin with name_.
  Result<> ReadStructure(const Shape& shape, void* structure) {
    if (++depth_ > kDepthMax) return Malformed();
    for (const Member& member : shape.members) {
      const std::size_t mark = name_.size();
      name_ += member.name;
      const bool found = TRY(ReadMember(member, FieldOf(structure, member)));
      if (!found && member.required) missing_.push_back({structure, &member});
      name_.resize(mark);
    }
    --depth_;
    return {};
  }

  [[nodiscard]] std::vector<MissingMember> TakeMissing() { return std::move(missing_); }

 private:
  static void* Make(const Member& member, void* field) {
    return member.optional == nullptr ? field : member.optional->emplace(field);
  }

  // Reads what name_ stands for into a field. False: nothing was sent.
  Result<bool> ReadMember(const Member& member, void* field) {
    const Shape& shape = *member.shape;
    if (shape.kind == ShapeKind::kStructure) {
      name_ += '.';
      if (form_.WithPrefix(name_).empty()) return false;
      TRY(ReadStructure(shape, Make(member, field)));
      return true;
    }
    const auto value = form_.Find(name_);
    if (shape.kind == ShapeKind::kList) {
      name_ += ".member.";
      const std::vector<std::uint32_t> indexes = Indexes(shape.element->kind == ShapeKind::kStructure);
      const bool sent_empty = value.has_value() && value->empty();
      if (indexes.empty() && !sent_empty) return false;
      TRY(ReadList(shape, indexes, Make(member, field)));
      return true;
    }
    if (!value) return false;
    if (!ReadScalar(shape, *value, Make(member, field))) return Malformed();
    return true;
  }

  // The numbers of the elements sent, ascending.
  [[nodiscard]] std::vector<std::uint32_t> Indexes(bool structures) const {
    std::vector<std::uint32_t> indexes;
    for (const codec::FormParameter& parameter : form_.WithPrefix(name_)) {
      const auto index = ElementIndex(parameter.name.substr(name_.size()), structures);
      if (index && (indexes.empty() || indexes.back() != *index)) indexes.push_back(*index);
    }
    std::ranges::sort(indexes);  // They come sorted as text.
    indexes.erase(std::unique(indexes.begin(), indexes.end()), indexes.end());
    return indexes;
  }

  Result<> ReadList(const Shape& shape, const std::vector<std::uint32_t>& indexes, void* list) {
    shape.list->resize(list, indexes.size());  // Once: missing_ keeps addresses of elements.
    const std::size_t mark = name_.size();
    for (std::size_t position = 0; position < indexes.size(); ++position) {
      name_ += std::to_string(indexes[position]);
      void* const element = shape.list->at(list, position);
      if (shape.element->kind == ShapeKind::kStructure) {
        name_ += '.';
        TRY(ReadStructure(*shape.element, element));
      } else if (!ReadScalar(*shape.element, form_.Find(name_).value_or(""), element)) {
        return Malformed();
      }
      name_.resize(mark);
    }
    return {};
  }

  const codec::Form& form_;
  std::string name_;  // Of the parameter being looked for.
  std::vector<MissingMember> missing_;
  std::size_t depth_ = 0;
};

}  // namespace

Result<codec::Form> ParseForm(std::string_view query, std::string_view body) {
  auto form = codec::Form::Parse({query, body}, kFormLimits);
  if (form.ok()) return std::move(form).value();
  switch (form.error()) {
    case codec::FormError::kTooLarge:
    case codec::FormError::kTooManyParameters:
      return Fail(ErrorCode::kRequestEntityTooLarge, "The request is larger than this service accepts.");
    case codec::FormError::kBadEscape:
    case codec::FormError::kBadUtf8:
      break;
  }
  return Fail(ErrorCode::kMalformedQueryString, "The query string contains a syntax error.");
}

Result<> Decode(const codec::Form& form, const Shape& request_shape, ValidationStyle style, void* request) {
  FormReader reader(form);
  TRY(reader.ReadStructure(request_shape, request));
  return Validate(request_shape, style, request, reader.TakeMissing());
}

}  // namespace claviger::wire

// Reads members of a typed request over its tables: what condition keys and resource names are made of. Pure.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "aws/shape.h"
#include "base/clock.h"
#include "base/time_text.h"

namespace claviger::service {

// Calls `visit(shape, value)` with each value at the end of `path`: none when one on the way is absent, several when
// one is a list.
template <class Visit>
void VisitValues(const void* structure, std::span<const Member* const> path, const Visit& visit) {
  const void* value = FindValue(structure, *path.front());
  if (value == nullptr) return;
  const Shape& shape = *path.front()->shape;
  const auto go_on = [&](const Shape& at, const void* found) {
    path.size() == 1 ? visit(at, found) : VisitValues(found, path.subspan(1), visit);
  };
  if (shape.kind != ShapeKind::kList) return go_on(shape, value);
  const std::size_t size = shape.list->size(value);
  for (std::size_t i = 0; i < size; ++i) go_on(*shape.element, shape.list->at_const(value, i));
}

// A single value as policies compare it: a text, a number, "true", a date. Empty for what is none of these.
class ValueText {
 public:
  ValueText(const Shape& shape, const void* value) {
    switch (shape.kind) {
      case ShapeKind::kString:
        view_ = *static_cast<const std::string*>(value);
        break;
      case ShapeKind::kInteger:
        SetNumber(*static_cast<const std::int32_t*>(value));
        break;
      case ShapeKind::kLong:
        SetNumber(*static_cast<const std::int64_t*>(value));
        break;
      case ShapeKind::kBoolean:
        view_ = *static_cast<const bool*>(value) ? "true" : "false";
        break;
      case ShapeKind::kTimestamp:
        date_ = FormatIso8601(*static_cast<const TimePoint*>(value));
        view_ = date_;
        break;
      default:
        break;
    }
  }
  // Points into itself.
  ValueText(const ValueText&) = delete;
  ValueText& operator=(const ValueText&) = delete;

  [[nodiscard]] std::string_view view() const { return view_; }

 private:
  void SetNumber(std::int64_t number) {
    const auto end = std::to_chars(number_.data(), number_.data() + number_.size(), number).ptr;
    view_ = std::string_view(number_.data(), static_cast<std::size_t>(end - number_.data()));
  }

  std::array<char, 24> number_{};
  std::string date_;
  std::string_view view_;
};

// The text of a string member; null when the request leaves it out.
inline const std::string* FindText(const void* request, const Member* member) {
  if (member == nullptr || member->shape->kind != ShapeKind::kString) return nullptr;
  return static_cast<const std::string*>(FindValue(request, *member));
}

}  // namespace claviger::service

// Reads application/x-www-form-urlencoded text, as it stands in a query string or in the body of a POST.
// Grammar only: knows nothing of what the parameters mean. Pure; a Form may be read from any thread.
// Follows the "application/x-www-form-urlencoded parsing" steps of the URL standard, but refuses what that would
// repair: a '%' without two hex digits, and text that isn't UTF-8.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace claviger::codec {

enum class FormError {
  kTooLarge,           // More bytes than FormLimits::encoded_bytes_max.
  kTooManyParameters,  // More than FormLimits::parameters_max.
  kBadEscape,          // A '%' that two hex digits don't follow.
  kBadUtf8,            // A name or value that isn't UTF-8 once decoded.
};

struct FormLimits {
  std::size_t encoded_bytes_max;  // Of all texts together, before decoding.
  std::size_t parameters_max;
};

struct FormParameter {
  std::string_view name;
  std::string_view value;
};

// Decoded parameters, sorted by name. Where a name occurs more than once, the first occurrence comes first.
// Two allocations however many parameters there are; may be moved, its views stay.
class Form {
 public:
  // Reads `texts` one behind the other, as if joined by '&': usually the query string and the body.
  // Nothing is allocated for a form beyond the limits.
  static Expected<Form, FormError> Parse(std::initializer_list<std::string_view> texts, const FormLimits& limits);

  Form() = default;

  // The value of the first parameter of this name.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;

  // All parameters whose names begin with `prefix`, sorted by name. In a logarithm of their number.
  [[nodiscard]] std::span<const FormParameter> WithPrefix(std::string_view prefix) const;

  [[nodiscard]] std::span<const FormParameter> parameters() const { return parameters_; }

 private:
  std::unique_ptr<char[]> text_;  // What the views point into.
  std::vector<FormParameter> parameters_;
};

}  // namespace claviger::codec

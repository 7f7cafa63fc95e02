#include "codec/form.h"

#include <algorithm>
#include <functional>

#include "codec/utf8.h"

namespace claviger::codec {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Writes the decoded `text` to `out`, which is moved behind it. False: a bad escape.
bool DecodeTo(std::string_view text, char*& out) {
  for (std::size_t position = 0; position < text.size(); ++position) {
    const char c = text[position];
    if (c == '+') {
      *out++ = ' ';
    } else if (c != '%') {
      *out++ = c;
    } else {
      if (text.size() - position < 3) return false;
      const int high = HexDigit(text[position + 1]);
      const int low = HexDigit(text[position + 2]);
      if (high < 0 || low < 0) return false;
      *out++ = static_cast<char>(high * 16 + low);
      position += 2;
    }
  }
  return true;
}

bool NameLess(const FormParameter& a, const FormParameter& b) {
  const int order = a.name.compare(b.name);
  // Decoded texts lie in the order of their occurrence, so addresses keep equal names in that order without a stable
  // sort's buffer.
  return order != 0 ? order < 0 : std::less<>()(a.name.data(), b.name.data());
}

// What remains of `text` behind the first `separator`; `text` becomes what is before it.
std::string_view SplitOff(std::string_view& text, char separator) {
  const std::size_t position = text.find(separator);
  if (position == std::string_view::npos) return {};
  const std::string_view rest = text.substr(position + 1);
  text = text.substr(0, position);
  return rest;
}

}  // namespace

Expected<Form, FormError> Form::Parse(std::initializer_list<std::string_view> texts, const FormLimits& limits) {
  std::size_t bytes = 0;
  std::size_t separators = 0;
  for (const std::string_view text : texts) {
    if (text.size() > limits.encoded_bytes_max - bytes) return Failure{FormError::kTooLarge};
    bytes += text.size();
    separators += static_cast<std::size_t>(std::ranges::count(text, '&'));
  }

  Form form;
  // Decoding never makes a text longer.
  form.text_ = std::make_unique_for_overwrite<char[]>(bytes);
  form.parameters_.reserve(std::min(separators + texts.size(), limits.parameters_max));
  char* out = form.text_.get();
  for (std::string_view rest : texts) {
    while (!rest.empty()) {
      std::string_view name = rest;
      rest = SplitOff(name, '&');
      if (name.empty()) continue;
      if (form.parameters_.size() == limits.parameters_max) return Failure{FormError::kTooManyParameters};
      const std::string_view value = SplitOff(name, '=');
      const char* const name_start = out;
      if (!DecodeTo(name, out)) return Failure{FormError::kBadEscape};
      const char* const value_start = out;
      if (!DecodeTo(value, out)) return Failure{FormError::kBadEscape};
      form.parameters_.push_back({{name_start, value_start}, {value_start, out}});
      if (!IsUtf8(form.parameters_.back().name) || !IsUtf8(form.parameters_.back().value)) {
        return Failure{FormError::kBadUtf8};
      }
    }
  }
  std::ranges::sort(form.parameters_, NameLess);
  return form;
}

std::optional<std::string_view> Form::Find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(parameters_, name, {}, &FormParameter::name);
  if (found == parameters_.end() || found->name != name) return std::nullopt;
  return found->value;
}

std::span<const FormParameter> Form::WithPrefix(std::string_view prefix) const {
  const auto first = std::ranges::lower_bound(parameters_, prefix, {}, &FormParameter::name);
  const auto last = std::partition_point(
      first, parameters_.end(), [&](const FormParameter& parameter) { return parameter.name.starts_with(prefix); });
  return {first, last};
}

}  // namespace claviger::codec

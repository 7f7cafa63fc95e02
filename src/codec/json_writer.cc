#include "codec/json_writer.h"

#include <array>
#include <charconv>

#include "codec/utf8.h"

namespace claviger::codec {
namespace {

// Appends the escape of a character that may not stand in a string as it is.
void AppendEscape(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
}

constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool IsPlain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  std::size_t position = 0;
  while (position < text.size()) {
    std::size_t end = position;
    while (end < text.size() && IsPlain(text[end])) ++end;
    out.append(text, position, end - position);
    position = end;
    if (position == text.size()) break;
    const CodePoint point = FirstCodePoint(text.substr(position));
    if (point.bytes == 1) {
      AppendEscape(text[position], out);
    } else if (point.bytes == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out.append(text, position, point.bytes);
    }
    position += point.bytes == 0 ? 1 : point.bytes;
  }
  out += '"';
}

void JsonWriter::Separate() {
  if (comma_due_) out_ += ',';
  comma_due_ = true;
}

void JsonWriter::BeginObject() {
  Separate();
  out_ += '{';
  comma_due_ = false;
}

void JsonWriter::EndObject() {
  out_ += '}';
  comma_due_ = true;
}

void JsonWriter::BeginArray() {
  Separate();
  out_ += '[';
  comma_due_ = false;
}

void JsonWriter::EndArray() {
  out_ += ']';
  comma_due_ = true;
}

void JsonWriter::Key(std::string_view name) {
  Separate();
  AppendJsonString(name, out_);
  out_ += ':';
  comma_due_ = false;
}

void JsonWriter::String(std::string_view text) {
  Separate();
  AppendJsonString(text, out_);
}

void JsonWriter::Integer(std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  Raw({digits, end});
}

void JsonWriter::Boolean(bool value) { Raw(value ? "true" : "false"); }

void JsonWriter::Null() { Raw("null"); }

void JsonWriter::Raw(std::string_view json) {
  Separate();
  out_ += json;
}

}  // namespace claviger::codec

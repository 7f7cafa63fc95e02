// Writes JSON (RFC 8259) without white space. Grammar only.
// Single pass, straight into the caller's string; not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace claviger::codec {

// The caller keeps to the grammar: in an object each value follows its Key.
class JsonWriter {
 public:
  // Appends to `out`, which must outlive this.
  explicit JsonWriter(std::string& out) : out_(out) {}

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();
  void Key(std::string_view name);

  // Bytes that aren't UTF-8 become U+FFFD.
  void String(std::string_view text);
  void Integer(std::int64_t value);
  void Boolean(bool value);
  void Null();
  // Text that is a JSON value already, a number for example.
  void Raw(std::string_view json);

 private:
  void Separate();

  std::string& out_;
  bool comma_due_ = false;  // A value stands before this place in the same object or array.
};

// Appends `text` as a JSON string with its quotation marks.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace claviger::codec

// JSON (RFC 8259) from untrusted text, with the place of every value. Pure.
//
// Stricter than the grammar where readers are known to disagree: an object's names must differ, text must be valid
// UTF-8, and an escaped surrogate must have its partner. Numbers are kept as written, so nothing is rounded.
// Ours, because policies need positions and duplicate names (see docs/decisions/0004-json-parser.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace claviger::codec {

// A place in a text. Columns count characters, not bytes; a line ends behind its '\n'.
struct TextPosition {
  std::uint32_t offset = 0;  // In bytes, from 0.
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  bool operator==(const TextPosition&) const = default;
};

enum class JsonKind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

struct JsonMember;

struct JsonValue {
  JsonKind kind = JsonKind::kNull;
  std::string_view text;            // A string's content, escapes undone; a number, true, false or null as written.
  std::vector<JsonValue> items;     // Of an array.
  std::vector<JsonMember> members;  // Of an object, in the order written.
  TextPosition begin;               // Of the first character.
  TextPosition end;                 // Behind the last character.
  TextPosition lead;                // Behind the `[`, `,` or `:` before the value; the text's beginning for the root.

  [[nodiscard]] bool IsString() const { return kind == JsonKind::kString; }
  [[nodiscard]] bool IsArray() const { return kind == JsonKind::kArray; }
  [[nodiscard]] bool IsObject() const { return kind == JsonKind::kObject; }

  // The value of an object's member, or null. Compares in order: for objects with few names.
  [[nodiscard]] const JsonValue* Find(std::string_view name) const;
};

struct JsonMember {
  std::string_view name;  // Escapes undone.
  TextPosition begin;     // Of the name.
  JsonValue value;
};

// Owns the text that its values point into; moving it keeps them valid.
class JsonDocument {
 public:
  [[nodiscard]] const JsonValue& root() const { return root_; }
  // What was parsed, byte for byte.
  [[nodiscard]] std::string_view text() const { return *text_; }

 private:
  friend class JsonParser;
  std::unique_ptr<const std::string> text_;
  std::unique_ptr<std::string> unescaped_;
  JsonValue root_;
};

enum class JsonErrorKind : std::uint8_t { kSyntax, kDuplicateName, kTooLarge, kTooDeep };

struct JsonError {
  JsonErrorKind kind = JsonErrorKind::kSyntax;
  TextPosition position;
  std::string message;  // One short clause: "expected `:`".
};

struct JsonLimits {
  std::size_t bytes_max = 1U << 20;
  unsigned depth_max = 64;  // Of nested arrays and objects.
};

// Takes exactly one value with white space around it. Memory is proportional to the text, time to n log n at worst.
Expected<JsonDocument, JsonError> ParseJson(std::string_view text, const JsonLimits& limits = {});

}  // namespace claviger::codec

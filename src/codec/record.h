// The binary form of everything Claviger stores or seals: numbered fields behind a version byte.
//
//   record = version (1 byte) field*        field = tag value
//   tag    = varint(number << 1 | kind)     kind 0: value is a varint; kind 1: varint length, then that many bytes
//   varint = base-128, least significant group first, top bit set on all but the last byte (at most ten bytes)
//
// Fields may repeat and come in any order. A reader skips numbers that it does not know, so that fields can be added;
// numbers are never reused. A higher version than the reader's is refused. Pure; bytes read are treated as hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace claviger::codec {

class RecordWriter {
 public:
  explicit RecordWriter(std::uint8_t version) : RecordWriter(version, {}) {}
  // Writes behind what stands in `before`, and goes on in its memory.
  RecordWriter(std::uint8_t version, std::string before) : bytes_(std::move(before)) {
    bytes_.push_back(static_cast<char>(version));
  }

  RecordWriter& Number(unsigned field, std::uint64_t value);
  RecordWriter& Bytes(unsigned field, std::string_view value);
  // As microseconds since 1970. REQUIRES: not before 1970.
  RecordWriter& Time(unsigned field, TimePoint value);
  // Leave out what is empty: absence says the same.
  RecordWriter& BytesUnlessEmpty(unsigned field, std::string_view value);

  [[nodiscard]] std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

struct RecordField {
  unsigned number = 0;
  std::uint64_t value = 0;  // Of a varint field.
  std::string_view bytes;   // Of a bytes field; points into the record.

  [[nodiscard]] std::string Text() const { return std::string(bytes); }
  [[nodiscard]] TimePoint Time() const;
};

class RecordReader {
 public:
  // Reads records up to `version_max`; a later or broken one shows as !ok() after Next has returned nullopt.
  RecordReader(std::string_view record, std::uint8_t version_max);

  // The next field, or nullopt at the end or where the record is broken.
  std::optional<RecordField> Next();
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::optional<std::uint64_t> Varint();

  std::string_view rest_;
  bool ok_;
};

}  // namespace claviger::codec

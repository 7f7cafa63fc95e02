#include "codec/record.h"

#include <array>
#include <cstddef>
#include <limits>
#include <utility>

namespace claviger::codec {
namespace {

constexpr std::uint64_t kBytesKind = 1;
constexpr unsigned kVarintBytesMax = 10;
constexpr std::uint64_t kFieldMax = 1 << 16;

// Appends the tag of a field, and its value or its length.
void AppendHead(std::uint64_t tag, std::uint64_t value, std::string& out) {
  std::array<char, std::size_t{2} * kVarintBytesMax> bytes;
  std::size_t size = 0;
  for (std::uint64_t number : {tag, value}) {
    for (; number >= 0x80; number >>= 7) bytes[size++] = static_cast<char>(number | 0x80);
    bytes[size++] = static_cast<char>(number);
  }
  out.append(bytes.data(), size);
}

}  // namespace

RecordWriter& RecordWriter::Number(unsigned field, std::uint64_t value) {
  AppendHead(std::uint64_t{field} << 1, value, bytes_);
  return *this;
}

RecordWriter& RecordWriter::Bytes(unsigned field, std::string_view value) {
  AppendHead(std::uint64_t{field} << 1 | kBytesKind, value.size(), bytes_);
  bytes_.append(value);
  return *this;
}

RecordWriter& RecordWriter::Time(unsigned field, TimePoint value) {
  return Number(field, static_cast<std::uint64_t>(value.time_since_epoch().count()));
}

RecordWriter& RecordWriter::BytesUnlessEmpty(unsigned field, std::string_view value) {
  return value.empty() ? *this : Bytes(field, value);
}

TimePoint RecordField::Time() const {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(value > kMax ? kMax : value)));
}

RecordReader::RecordReader(std::string_view record, std::uint8_t version_max)
    : rest_(record), ok_(!record.empty() && static_cast<std::uint8_t>(record.front()) <= version_max) {
  rest_.remove_prefix(ok_ ? 1 : rest_.size());
}

std::optional<std::uint64_t> RecordReader::Varint() {
  if (!rest_.empty() && static_cast<std::uint8_t>(rest_.front()) < 0x80) {  // Most of them are short.
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::uint64_t value = 0;
  for (unsigned i = 0; i < kVarintBytesMax && !rest_.empty(); ++i) {
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    if (i == kVarintBytesMax - 1 && byte > 1) break;  // More than 64 bits.
    value |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if ((byte & 0x80) == 0) return value;
  }
  ok_ = false;
  rest_ = {};
  return std::nullopt;
}

std::optional<RecordField> RecordReader::Next() {
  if (rest_.empty()) return std::nullopt;
  const auto tag = Varint();
  if (!tag) return std::nullopt;
  const auto value = Varint();
  if (!value) return std::nullopt;
  const bool is_bytes = (*tag & kBytesKind) != 0;
  if (*tag >> 1 > kFieldMax || (is_bytes && *value > rest_.size())) {
    ok_ = false;
    rest_ = {};
    return std::nullopt;
  }
  RecordField field{.number = static_cast<unsigned>(*tag >> 1), .value = *value, .bytes = {}};
  if (is_bytes) {
    field.bytes = rest_.substr(0, *value);
    rest_.remove_prefix(*value);
  }
  return field;
}

}  // namespace claviger::codec

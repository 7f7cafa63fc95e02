#include "store/redo_format.h"

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "store/crc32c.h"
#include "store/little_endian.h"

namespace claviger::store {
namespace {

constexpr SegmentHeader kSegment{.number = 5, .base = 41, .store = {1, 2, 3}, .salt = 0x0123456789abcdef};

std::string RecordOf(std::string_view key, std::optional<std::string_view> value) {
  RecordWriter writer;
  writer.Add(key, value);
  return std::move(writer).Finish(kSegment, 42);
}

TEST(Crc32c, IsTheChecksumOfRfc3720) {
  EXPECT_EQ(Crc32c(0, ""), 0U);
  EXPECT_EQ(Crc32c(0, std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(Crc32c(0, std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(Crc32c(0, "123456789"), 0xe3069283U);
  EXPECT_EQ(Crc32c(Crc32c(0, "12345"), "6789"), 0xe3069283U);
}

TEST(RedoFormat, SegmentHeaderIsReadBackAsItWas) {
  const std::string block = EncodeSegmentHeader(kSegment);
  EXPECT_EQ(block.size(), kBlockBytes);
  const auto read = DecodeSegmentHeader(block);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->number, kSegment.number);
  EXPECT_EQ(read->base, kSegment.base);
  EXPECT_EQ(read->store, kSegment.store);
  EXPECT_EQ(read->salt, kSegment.salt);
}

TEST(RedoFormat, SegmentHeaderWithAnyByteChangedOrMissingIsNone) {
  const std::string block = EncodeSegmentHeader(kSegment);
  for (std::size_t at = 0; at < 52; ++at) {
    std::string changed = block;
    changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
    EXPECT_FALSE(DecodeSegmentHeader(changed)) << at;
    EXPECT_FALSE(DecodeSegmentHeader(block.substr(0, at))) << at;
  }
}

TEST(RedoFormat, RecordIsReadBackAsItWas) {
  RecordWriter writer;
  writer.Add("a", "1");
  writer.Add("b", std::nullopt);
  writer.Add("c", "");
  writer.Add(std::string(kKeyBytesMax, 'k'), std::string(10000, 'v'));
  const std::string blocks = std::move(writer).Finish(kSegment, 42);
  EXPECT_EQ(blocks.size(), 3 * kBlockBytes);
  const auto record = DecodeRecord(blocks + "and what follows", kSegment);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->revision, 42U);
  EXPECT_EQ(record->blocks, 3U);
  Layer layer(41);
  ASSERT_TRUE(AddChanges(*record, layer));
  EXPECT_EQ(layer.items(), 4U);
  EXPECT_EQ(layer.Find("a", 42)->value, "1");
  EXPECT_EQ(layer.Find("b", 42)->value, std::nullopt);
  EXPECT_EQ(layer.Find("c", 42)->value, "");
  EXPECT_EQ(layer.Find(std::string(kKeyBytesMax, 'k'), 42)->value, std::string(10000, 'v'));
}

TEST(RedoFormat, RecordWithAnyBitChangedIsNone) {
  const std::string blocks = RecordOf("key", "value");
  const std::size_t size = 32 + 6 + 3 + 5;
  for (std::size_t bit = 0; bit < size * 8; ++bit) {
    std::string changed = blocks;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    const bool unused = bit / 8 >= 28 && bit / 8 < 32;  // The zeros that fill the header up.
    EXPECT_EQ(DecodeRecord(changed, kSegment).has_value(), unused) << bit;
  }
  for (std::size_t bytes = 0; bytes < size; ++bytes) EXPECT_FALSE(DecodeRecord(blocks.substr(0, bytes), kSegment));
}

TEST(RedoFormat, RecordOfAnotherSegmentIsNone) {
  const std::string blocks = RecordOf("key", "value");
  SegmentHeader other = kSegment;
  other.salt ^= 1;
  EXPECT_FALSE(DecodeRecord(blocks, other));
  other = kSegment;
  other.number += 2;
  EXPECT_FALSE(DecodeRecord(blocks, other));
}

TEST(RedoFormat, ChangesThatNobodyWroteAreRefused) {
  const auto change = [](std::uint64_t key_bytes, std::uint64_t value_bytes, const std::string& rest) {
    std::string bytes(6, '\0');
    StoreLittleEndian(key_bytes, 2, bytes.data());
    StoreLittleEndian(value_bytes, 4, bytes.data() + 2);
    return bytes + rest;
  };
  const std::vector<std::string> wrong = {
      "short",
      change(0, 1, "v"),
      change(1, 5, "kv"),
      change(2, 0xffffffff, "k"),
      change(501, 0, std::string(501, 'k')),
      change(1, (16 << 20) + 1, std::string((16 << 20) + 2, 'v')),
      change(1, 1, "kv") + "more",
  };
  for (const std::string& changes : wrong) {
    Layer layer(0);
    EXPECT_FALSE(AddChanges({.revision = 1, .changes = changes, .blocks = 1}, layer)) << changes.substr(0, 20);
  }
}

}  // namespace
}  // namespace claviger::store

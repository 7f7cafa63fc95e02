#include "codec/record.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace claviger::codec {
namespace {

using std::chrono::microseconds;

TEST(Record, ReadsBackEveryKindOfField) {
  const TimePoint time{microseconds(1'795'334'400'123'456)};
  const std::string record = RecordWriter(1)
                                 .Number(1, 0)
                                 .Number(2, ~std::uint64_t{0})
                                 .Bytes(3, std::string(300, 'x'))
                                 .Bytes(3, "")
                                 .Time(4, time)
                                 .BytesUnlessEmpty(5, "")
                                 .Take();
  RecordReader reader(record, 1);
  auto field = reader.Next();
  EXPECT_EQ(field->number, 1);
  EXPECT_EQ(field->value, 0);
  EXPECT_EQ(reader.Next()->value, ~std::uint64_t{0});
  EXPECT_EQ(reader.Next()->Text(), std::string(300, 'x'));
  EXPECT_EQ(reader.Next()->bytes, "");
  field = reader.Next();
  EXPECT_EQ(field->number, 4);
  EXPECT_EQ(field->Time(), time);
  EXPECT_FALSE(reader.Next().has_value());
  EXPECT_TRUE(reader.ok());
}

TEST(Record, RefusesALaterVersionAndNothingAtAll) {
  const std::string record = RecordWriter(2).Number(1, 1).Take();
  RecordReader older(record, 1);
  EXPECT_FALSE(older.Next().has_value());
  EXPECT_FALSE(older.ok());
  EXPECT_FALSE(RecordReader("", 1).ok());
  EXPECT_TRUE(RecordReader(record, 2).ok());
}

TEST(Record, NoticesEveryTruncation) {
  const std::string record = RecordWriter(1).Number(1, 300).Bytes(2, "abcdef").Take();
  std::size_t whole = 0;
  for (std::size_t size = 1; size <= record.size(); ++size) {
    RecordReader reader(std::string_view(record).substr(0, size), 1);
    std::size_t fields = 0;
    while (reader.Next()) ++fields;
    if (reader.ok()) {
      ++whole;  // A record may end behind any field, and nowhere else.
    } else {
      EXPECT_LT(fields, 2) << size;
    }
  }
  EXPECT_EQ(whole, 3);  // Behind the version, the first and the second field.
}

TEST(Record, RefusesNumbersBeyondSixtyFourBits) {
  const std::string too_long = std::string("\x01\x02") + std::string(9, '\xff') + "\x7f";
  RecordReader reader(too_long, 1);
  EXPECT_FALSE(reader.Next().has_value());
  EXPECT_FALSE(reader.ok());
}

TEST(Record, SurvivesAnyBytes) {
  SeededRandom random(11);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random.Uint64() % 40, '\0');
    random.Fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    if (!bytes.empty()) bytes[0] = 1;
    RecordReader reader(bytes, 1);
    while (const auto field = reader.Next()) ASSERT_LE(field->bytes.size(), bytes.size());
  }
}

}  // namespace
}  // namespace claviger::codec

#include "codec/cbor.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace claviger::codec {
namespace {

struct Read {
  CborKind kind;
  std::uint64_t number;
  std::string text;

  bool operator==(const Read&) const = default;
};

std::optional<Read> Next(std::string_view hex) {
  const std::string bytes = HexDecode(hex).value();
  CborReader reader(bytes);
  const auto item = reader.Next();
  if (!item) return std::nullopt;
  return Read{item->kind, item->number, std::string(item->bytes)};
}

// RFC 8949, appendix A.
TEST(CborReader, ReadsTheRfcsExamples) {
  EXPECT_EQ(Next("00"), (Read{CborKind::kUnsigned, 0, ""}));
  EXPECT_EQ(Next("1818"), (Read{CborKind::kUnsigned, 24, ""}));
  EXPECT_EQ(Next("1903e8"), (Read{CborKind::kUnsigned, 1000, ""}));
  EXPECT_EQ(Next("1a000f4240"), (Read{CborKind::kUnsigned, 1000000, ""}));
  EXPECT_EQ(Next("1bffffffffffffffff"), (Read{CborKind::kUnsigned, 18446744073709551615U, ""}));
  EXPECT_EQ(Next("20"), (Read{CborKind::kNegative, 0, ""}));
  EXPECT_EQ(Next("3903e7"), (Read{CborKind::kNegative, 999, ""}));
  EXPECT_EQ(Next("4401020304"), (Read{CborKind::kBytes, 0, "\x01\x02\x03\x04"}));
  EXPECT_EQ(Next("6449455446"), (Read{CborKind::kText, 0, "IETF"}));
  EXPECT_EQ(Next("83010203"), (Read{CborKind::kArray, 3, ""}));
  EXPECT_EQ(Next("a201020304"), (Read{CborKind::kMap, 2, ""}));
  for (const char* simple : {"f4", "f5", "f6", "f7", "f93c00", "fa47c35000", "fb3ff199999999999a"}) {
    EXPECT_EQ(Next(simple), (Read{CborKind::kSimple, 0, ""})) << simple;
  }
}

TEST(CborReader, RefusesWhatIsCutOffTaggedOrHasNoLength) {
  for (const char* bytes :
       {"", "18", "1903", "44010203", "644945", "5bffffffffffffffff00", "c001", "5f42010243030405ff",
        "7f657374726561646d696e67ff", "9f01ff", "bf6101ff", "ff", "1c", "f8"}) {
    EXPECT_FALSE(Next(bytes)) << bytes;
  }
}

TEST(CborReader, SkipsAnItemWithAllThatIsInIt) {
  const std::string bytes = HexDecode("a26161018202820304f507").value();  // {"a": 1, [2, [3, 4]]: true}, 7
  CborReader reader(bytes);
  EXPECT_EQ(reader.Skip(), std::string_view(bytes).substr(0, bytes.size() - 1));
  EXPECT_EQ(reader.rest(), "\x07");
  EXPECT_EQ(CborReader(std::string_view(bytes).substr(0, bytes.size() - 2)).Skip(), std::nullopt);
}

TEST(CborReader, SkipsWhateverDepthWithoutGrowing) {
  std::string deep(100000, '\x81');
  EXPECT_EQ(CborReader(deep).Skip(), std::nullopt);
  deep += '\x00';
  EXPECT_EQ(CborReader(deep).Skip(), deep);
  for (const char* liar : {"9bffffffffffffffff", "bbffffffffffffffff00", "9a0000ffff00"}) {
    EXPECT_EQ(CborReader(HexDecode(liar).value()).Skip(), std::nullopt) << liar;
  }
}

}  // namespace
}  // namespace claviger::codec

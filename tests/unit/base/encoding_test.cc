#include "base/encoding.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace claviger {
namespace {

// RFC 4648, section 10.
TEST(Encoding, MatchesTheRfcVectors) {
  struct Vector {
    const char* plain;
    const char* base32;
    const char* base64;
    const char* hex;
  };
  constexpr Vector kVectors[] = {{"", "", "", ""},
                                 {"f", "MY", "Zg==", "66"},
                                 {"fo", "MZXQ", "Zm8=", "666f"},
                                 {"foo", "MZXW6", "Zm9v", "666f6f"},
                                 {"foob", "MZXW6YQ", "Zm9vYg==", "666f6f62"},
                                 {"fooba", "MZXW6YTB", "Zm9vYmE=", "666f6f6261"},
                                 {"foobar", "MZXW6YTBOI", "Zm9vYmFy", "666f6f626172"}};
  for (const Vector& v : kVectors) {
    EXPECT_EQ(Base32Encode(AsBytes(v.plain)), v.base32);
    EXPECT_EQ(Base64Encode(AsBytes(v.plain)), v.base64);
    EXPECT_EQ(HexEncode(AsBytes(v.plain)), v.hex);
    EXPECT_EQ(Base32Decode(v.base32), v.plain);
    EXPECT_EQ(Base64Decode(v.base64), v.plain);
    EXPECT_EQ(HexDecode(v.hex), v.plain);
  }
}

TEST(Encoding, RoundTripsAnyBytes) {
  SeededRandom random(3);
  for (std::size_t size = 0; size < 70; ++size) {
    std::string bytes(size, '\0');
    random.Fill({reinterpret_cast<std::uint8_t*>(bytes.data()), size});
    EXPECT_EQ(HexDecode(HexEncode(AsBytes(bytes))), bytes);
    EXPECT_EQ(Base32Decode(Base32Encode(AsBytes(bytes))), bytes);
    EXPECT_EQ(Base64Decode(Base64Encode(AsBytes(bytes))), bytes);
    EXPECT_EQ(Base64UrlDecode(Base64UrlEncode(AsBytes(bytes))), bytes);
    EXPECT_EQ(PercentDecode(PercentEncode(bytes)), bytes);
  }
}

TEST(Encoding, RefusesEverySecondSpelling) {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zg==Zg==", "Z===", "====", "Zm9-", "Zm9v\n"}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
  for (const char* text : {"M", "MZ", "my", "MY======", "M1"}) EXPECT_EQ(Base32Decode(text), std::nullopt) << text;
  for (const char* text : {"6", "6g", "0x"}) EXPECT_EQ(HexDecode(text), std::nullopt) << text;
  EXPECT_EQ(HexDecode("AbCd"), "\xab\xcd");
}

TEST(PercentEncode, LeavesTheUnreservedAndWritesUpperCase) {
  EXPECT_EQ(PercentEncode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(PercentEncode("a b/+%\xc3\xa9"), "a%20b%2F%2B%25%C3%A9");
}

TEST(PercentDecode, RefusesBrokenEscapes) {
  EXPECT_EQ(PercentDecode("a+b%2f"), "a+b/");
  for (const char* text : {"%", "%2", "%2x", "%x2", "a%"}) EXPECT_EQ(PercentDecode(text), std::nullopt) << text;
}

}  // namespace
}  // namespace claviger

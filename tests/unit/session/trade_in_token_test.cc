#include "session/trade_in_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "codec/record.h"
#include "session/token.h"

namespace claviger::session {
namespace {

class TradeInTokenTest : public testing::Test {
 protected:
  TradeInTokenTest() { keys.Add(1, crypto::Secret(std::string(32, 'k'))); }

  std::string Sealed(std::string_view record, std::string_view context = "trade-in-token", char format = '\1') {
    return Base64UrlEncode(AsBytes(std::string(1, format) + keys.Seal(context, record, random)));
  }
  static codec::RecordWriter Record() {
    codec::RecordWriter writer(1);
    writer.Bytes(1, "request").Number(2, 123456789012).Time(3, TimePoint(std::chrono::seconds(1)));
    return writer;
  }

  crypto::Keyring keys;
  SeededRandom random{7};
  const TradeInToken token{.request_id = "e4bdcdae-4f66-4fe4-8000-000000000000",
                           .provider = *AccountId::Parse("123456789012"),
                           .expires = TimePoint(std::chrono::seconds(1769860800))};
};

TEST_F(TradeInTokenTest, CarriesItsRequestProviderAndEnd) {
  const auto opened = OpenTradeInToken(MintTradeInToken(token, keys, random), keys);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->request_id, token.request_id);
  EXPECT_EQ(opened->provider, token.provider);
  EXPECT_EQ(opened->expires, token.expires);
}

TEST_F(TradeInTokenTest, IsRefusedWhenAnyCharacterIsChanged) {
  const std::string text = MintTradeInToken(token, keys, random);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(OpenTradeInToken(changed, keys)) << i;
  }
  EXPECT_FALSE(OpenTradeInToken(text.substr(0, text.size() - 1), keys));
  EXPECT_FALSE(OpenTradeInToken("", keys));
  EXPECT_FALSE(OpenTradeInToken(std::string(kTradeInTokenCharactersMax + 1, 'A'), keys));
}

TEST_F(TradeInTokenTest, IsNothingElseThatIsSealed) {
  EXPECT_TRUE(OpenTradeInToken(Sealed(Record().Take()), keys));
  EXPECT_FALSE(OpenTradeInToken(Sealed(Record().Take(), "session-token"), keys));
  EXPECT_FALSE(OpenTradeInToken(Sealed(Record().Take(), "trade-in-token", '\2'), keys));
  EXPECT_FALSE(OpenToken(MintTradeInToken(token, keys, random), keys).ok());
}

TEST_F(TradeInTokenTest, IsRefusedWithFieldsThatAreMissingOrUnknown) {
  EXPECT_FALSE(OpenTradeInToken(Sealed(Record().Number(4, 1).Take()), keys));
  EXPECT_FALSE(OpenTradeInToken(Sealed(codec::RecordWriter(1).Bytes(1, "request").Take()), keys));
  EXPECT_FALSE(OpenTradeInToken(Sealed(""), keys));
}

}  // namespace
}  // namespace claviger::session

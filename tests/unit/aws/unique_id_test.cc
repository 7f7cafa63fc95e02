#include "aws/unique_id.h"

#include <gtest/gtest.h>

namespace claviger {
namespace {

AccountId Account(std::string_view digits) { return AccountId::Parse(digits).value(); }

// Hands out the same byte for ever.
class ConstantRandom final : public Random {
 public:
  explicit ConstantRandom(std::uint8_t byte) : byte_(byte) {}
  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = byte_;
  }

 private:
  std::uint8_t byte_;
};

TEST(MintId, PutsTheAccountWhereAwsDoes) {
  ConstantRandom zeros(0x00);
  ConstantRandom ones(0xff);
  EXPECT_EQ(MintId(IdKind::kAccessKey, Account("123456789012"), zeros), "AKIARZPUZDIKAAAAAAAA");
  EXPECT_EQ(MintId(IdKind::kAccessKey, Account("123456789012"), ones), "AKIARZPUZDIKP7777777");
  EXPECT_EQ(MintId(IdKind::kTemporaryAccessKey, Account("000000000000"), zeros), "ASIAQAAAAAAAAAAAAAAA");
}

TEST(MintId, GivesEachKindItsPrefixAndLength) {
  SeededRandom random(1);
  const AccountId account = Account("644160558196");
  EXPECT_EQ(MintId(IdKind::kUser, account, random).substr(0, 4), "AIDA");
  EXPECT_EQ(MintId(IdKind::kUser, account, random).size(), 21);
  EXPECT_EQ(MintId(IdKind::kRole, account, random).substr(0, 4), "AROA");
  EXPECT_EQ(MintId(IdKind::kPublicKey, account, random).size(), 20);
  EXPECT_EQ(MintId(IdKind::kServiceCredential, account, random).substr(0, 4), "ACCA");
}

TEST(AccountInId, ReadsWhatMintIdWrote) {
  SeededRandom random(7);
  for (const std::string_view digits : {"000000000000", "000000000001", "123456789012", "999999999999"}) {
    for (const IdKind kind : {IdKind::kAccessKey, IdKind::kTemporaryAccessKey, IdKind::kUser, IdKind::kGroup}) {
      EXPECT_EQ(AccountInId(MintId(kind, Account(digits), random)), Account(digits));
    }
  }
}

TEST(AccountInId, ReadsIdsThatAwsIssued) {
  EXPECT_EQ(AccountInId("AKIAZL6XWCR2EAE3M5WG"), Account("644160558196"));
  EXPECT_EQ(AccountInId("ASIAZL6XWCR2MIB6XHU7"), Account("644160558196"));
  EXPECT_EQ(AccountInId("AIDAZL6XWCR2MLDRO6EIG"), Account("644160558196"));
}

TEST(AccountInId, FindsNoneInOldFormIdsAndOtherText) {
  EXPECT_EQ(AccountInId("AKIAIOSFODNN7EXAMPLE"), std::nullopt);
  EXPECT_EQ(AccountInId(""), std::nullopt);
  EXPECT_EQ(AccountInId("AKIAZL6XWCR2EAE3M5W"), std::nullopt);
  EXPECT_EQ(AccountInId("AKIA0189018901890189"), std::nullopt);
  EXPECT_EQ(AccountInId("AKIA7777777777777777"), std::nullopt);  // More than twelve digits.
}

TEST(AccountId, TakesTwelveDigitsOnly) {
  EXPECT_EQ(Account("000000000042").ToString(), "000000000042");
  EXPECT_EQ(AccountId::Parse("12345678901"), std::nullopt);
  EXPECT_EQ(AccountId::Parse("1234567890123"), std::nullopt);
  EXPECT_EQ(AccountId::Parse("12345678901x"), std::nullopt);
  EXPECT_EQ(AccountId::FromNumber(1'000'000'000'000), std::nullopt);
}

}  // namespace
}  // namespace claviger

#include "crypto/signature.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace claviger::crypto {
namespace {

using enum SignatureAlgorithm;

std::string FromHex(std::string_view text) { return HexDecode(text).value(); }

PublicKey PublicHalf(const SignatureKey& key) {
  const SignatureKey::Numbers numbers = key.PublicNumbers();
  if (key.algorithm() == kRs256) return *PublicKey::FromRsa(numbers.first, numbers.second);
  return *PublicKey::FromEc(EcCurve::kP384, numbers.first, numbers.second);
}

class OwnKeys : public testing::TestWithParam<SignatureAlgorithm> {};

TEST_P(OwnKeys, SignWhatTheirPublicHalfVerifies) {
  const SignatureKey key = SignatureKey::New(GetParam());
  const PublicKey other = PublicHalf(key);
  const std::string signature = key.Sign("message");
  EXPECT_TRUE(other.Verify(GetParam(), "message", signature));
  EXPECT_FALSE(other.Verify(GetParam(), "another message", signature));
  std::string altered = signature;
  altered.back() = static_cast<char>(altered.back() ^ 1);
  EXPECT_FALSE(other.Verify(GetParam(), "message", altered));
  EXPECT_FALSE(other.Verify(GetParam(), "message", ""));
}

TEST_P(OwnKeys, ComeBackFromDer) {
  const SignatureKey key = SignatureKey::New(GetParam());
  const auto again = SignatureKey::FromDer(GetParam(), key.Der().Reveal());
  ASSERT_TRUE(again);
  EXPECT_TRUE(PublicHalf(key).Verify(GetParam(), "message", again->Sign("message")));
  EXPECT_FALSE(SignatureKey::FromDer(GetParam() == kRs256 ? kEs384 : kRs256, key.Der().Reveal()));
  EXPECT_FALSE(SignatureKey::FromDer(GetParam(), "no key"));
}

TEST_P(OwnKeys, FitTheirAlgorithmsOnly) {
  const PublicKey key = PublicHalf(SignatureKey::New(GetParam()));
  for (const SignatureAlgorithm algorithm : {kRs256, kRs384, kRs512, kPs256, kPs384, kPs512}) {
    EXPECT_EQ(key.Fits(algorithm), GetParam() == kRs256);
  }
  for (const SignatureAlgorithm algorithm : {kEs256, kEs512, kEdDsa}) EXPECT_FALSE(key.Fits(algorithm));
  EXPECT_EQ(key.Fits(kEs384), GetParam() == kEs384);
}

INSTANTIATE_TEST_SUITE_P(Both, OwnKeys, testing::Values(kRs256, kEs384),
                         [](const auto& test) { return std::string(SignatureAlgorithmName(test.param)); });

TEST(SignatureAlgorithm, KnowsNoOtherNames) {
  EXPECT_EQ(ParseSignatureAlgorithm("PS384"), kPs384);
  EXPECT_EQ(ParseSignatureAlgorithm("EdDSA"), kEdDsa);
  for (const char* name : {"none", "HS256", "rs256", "", "RS256 "}) EXPECT_FALSE(ParseSignatureAlgorithm(name)) << name;
}

// RFC 8032, section 7.1, test 2.
TEST(PublicKey, VerifiesEd25519) {
  const auto key = PublicKey::FromEd25519(FromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  ASSERT_TRUE(key);
  const std::string signature = FromHex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(key->Verify(kEdDsa, "\x72", signature));
  EXPECT_FALSE(key->Verify(kEdDsa, "\x73", signature));
  EXPECT_FALSE(key->Verify(kEs256, "\x72", signature));
}

TEST(PublicKey, TakesNoKeysThatAreTooShortOrNoKeys) {
  const std::string odd_exponent("\x01\x00\x01", 3);
  EXPECT_FALSE(PublicKey::FromRsa(std::string(128, '\xff'), odd_exponent));
  EXPECT_FALSE(PublicKey::FromRsa(std::string(1025, '\xff'), odd_exponent));
  EXPECT_FALSE(PublicKey::FromRsa(std::string(256, '\xfe'), odd_exponent));  // Even.
  EXPECT_FALSE(PublicKey::FromRsa(std::string(256, '\xff'), "\x01"));
  EXPECT_FALSE(PublicKey::FromRsa(std::string(256, '\xff'), "\x02"));
  EXPECT_FALSE(PublicKey::FromRsa(std::string(256, '\xff'), std::string(9, '\x03')));
  EXPECT_FALSE(PublicKey::FromRsa("", ""));
  EXPECT_TRUE(PublicKey::FromRsa(std::string(256, '\xff'), odd_exponent));
}

TEST(PublicKey, TakesNoPointOffTheCurve) {
  EXPECT_FALSE(PublicKey::FromEc(EcCurve::kP256, std::string(32, '\x01'), std::string(32, '\x01')));
  EXPECT_FALSE(PublicKey::FromEc(EcCurve::kP256, std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(PublicKey::FromEc(EcCurve::kP384, std::string(32, '\x01'), std::string(32, '\x01')));
  EXPECT_FALSE(PublicKey::FromEd25519(std::string(31, '\x01')));
}

}  // namespace
}  // namespace claviger::crypto

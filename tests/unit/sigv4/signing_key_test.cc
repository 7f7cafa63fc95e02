#include "sigv4/signing_key.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace claviger::sigv4 {
namespace {

// The example of the signing documentation: secret, scope and the derived key.
TEST(DeriveSigningKey, GivesTheDocumentedKey) {
  const SigningKey key = DeriveSigningKey(crypto::Secret(std::string("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
                                          "20150830", "us-east-1", "iam");
  const std::string raw = HexDecode("c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9").value();
  EXPECT_EQ(key.Sign("anything"), crypto::HmacSha256(raw, "anything"));
}

TEST(DeriveSigningKey, DependsOnEveryPart) {
  const crypto::Secret secret(std::string("secret"));
  const crypto::Digest usual = DeriveSigningKey(secret, "20261122", "us-east-1", "sts").Sign("");
  EXPECT_EQ(usual, DeriveSigningKey(secret, "20261122", "us-east-1", "sts").Sign(""));
  EXPECT_NE(usual, DeriveSigningKey(crypto::Secret(std::string("other")), "20261122", "us-east-1", "sts").Sign(""));
  EXPECT_NE(usual, DeriveSigningKey(secret, "20261123", "us-east-1", "sts").Sign(""));
  EXPECT_NE(usual, DeriveSigningKey(secret, "20261122", "us-east-2", "sts").Sign(""));
  EXPECT_NE(usual, DeriveSigningKey(secret, "20261122", "us-east-1", "iam").Sign(""));
}

TEST(DeriveSigningKey, TakesSecretsOfAnyLength) {
  for (const std::size_t size : {0, 1, 60, 61, 1000}) {
    EXPECT_NE(DeriveSigningKey(crypto::Secret(std::string(size, 's')), "20261122", "r", "s").Sign("a"),
              DeriveSigningKey(crypto::Secret(std::string(size, 't') + "t"), "20261122", "r", "s").Sign("a"));
  }
}

}  // namespace
}  // namespace claviger::sigv4

#include "crypto/password_hash.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace claviger::crypto {
namespace {

constexpr PasswordCost kCheap{.memory_kib = 64, .passes = 1, .lanes = 1};
constexpr char kSalt[] = "0123456789abcdef";

std::string Hex(const std::string& password, std::string_view salt, const PasswordCost& cost) {
  const auto hash = HashPassword(Secret(password), salt, cost);
  return hash ? HexEncode(AsBytes(hash->Reveal())) : std::string();
}

// Made with the reference implementation's own program: `argon2 0123456789abcdef -id -t 2 -k 19456 -p 1 -l 32`.
TEST(HashPassword, MatchesTheReferenceProgram) {
  EXPECT_EQ(Hex("correct horse", kSalt, {.memory_kib = 19456, .passes = 2, .lanes = 1}),
            "ae4d8c8b713876044c8347c76986a9b5655944aaacfffe9bea4dff9e7b6a1899");
}

TEST(HashPassword, DependsOnAllThatGoesIn) {
  const std::string hash = Hex("password", kSalt, kCheap);
  EXPECT_EQ(hash.size(), 2 * kPasswordHashBytes);
  EXPECT_EQ(Hex("password", kSalt, kCheap), hash);
  EXPECT_NE(Hex("Password", kSalt, kCheap), hash);
  EXPECT_NE(Hex("password", "0123456789abcdeF", kCheap), hash);
  EXPECT_NE(Hex("password", kSalt, {.memory_kib = 64, .passes = 2, .lanes = 1}), hash);
  EXPECT_EQ(Hex("", kSalt, kCheap).size(), 2 * kPasswordHashBytes);
}

}  // namespace
}  // namespace claviger::crypto

#include "session/authorization_message.h"

#include <gtest/gtest.h>

namespace claviger::session {
namespace {

const AccountId kAccount = *AccountId::Parse("111122223333");

class AuthorizationMessage : public ::testing::Test {
 protected:
  AuthorizationMessage() { keys_.Add(1, crypto::Secret(std::string(32, 'k'))); }
  std::string Encode(std::string_view text) { return EncodeAuthorizationMessage(text, kAccount, keys_, random_); }

  crypto::Keyring keys_;
  SeededRandom random_{1};
};

TEST_F(AuthorizationMessage, ComesBackAsItWas) {
  const auto text = DecodeAuthorizationMessage(Encode("{\"allowed\":false}"), kAccount, keys_);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "{\"allowed\":false}");
}

TEST_F(AuthorizationMessage, IsOfAnotherAccountNoMessage) {
  const auto text = DecodeAuthorizationMessage(Encode("x"), *AccountId::Parse("444455556666"), keys_);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kInvalidAuthorizationMessageException);
}

TEST_F(AuthorizationMessage, RefusesWhatWasAltered) {
  const std::string message = Encode("x");
  for (std::size_t i = 0; i < message.size(); ++i) {
    std::string altered = message;
    altered[i] = altered[i] == 'A' ? 'Q' : 'A';
    EXPECT_FALSE(DecodeAuthorizationMessage(altered, kAccount, keys_).ok()) << i;
  }
  EXPECT_FALSE(DecodeAuthorizationMessage("", kAccount, keys_).ok());
  EXPECT_FALSE(DecodeAuthorizationMessage("\x01", kAccount, keys_).ok());
}

TEST_F(AuthorizationMessage, OfTheLongestTextIsShortEnoughToBeDecoded) {
  const std::string text(kAuthorizationTextBytesMax, 'x');
  const std::string message = Encode(text);
  EXPECT_LE(message.size(), kAuthorizationMessageCharactersMax);
  EXPECT_TRUE(DecodeAuthorizationMessage(message, kAccount, keys_).ok());
}

}  // namespace
}  // namespace claviger::session

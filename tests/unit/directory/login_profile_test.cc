#include "directory/login_profile.h"

#include <gtest/gtest.h>

#include <array>

#include "unit/directory/directory_fixture.h"

namespace claviger::directory {
namespace {

using std::chrono::days;
using std::chrono::seconds;

// Real hashes are made where operations are tested; a profile does not care how one came to be.
crypto::Secret HashOf(char c) { return crypto::Secret(std::string(crypto::kPasswordHashBytes, c)); }

class LoginProfileTest : public testing::Test {
 protected:
  LoginProfileTest() {
    Change([&](LoginProfiles& profiles) { profiles.Put(With('a')); });
  }

  LoginProfile With(char password) {
    LoginProfile profile = NewLoginProfile("AIDAEVE", kNow, world.random);
    SetPassword(profile, HashOf(password), kNow);
    return profile;
  }
  template <class Task>
  void Change(Task change) {
    Attempt attempt(world);
    change(attempt.directory.login_profiles);
    ASSERT_TRUE(attempt.Commit());
  }
  LoginProfile Stored() {
    Attempt attempt(world);
    const auto profile = attempt.directory.login_profiles.Get("AIDAEVE", "eve");
    EXPECT_THAT(profile, Succeeds());
    return *profile;
  }
  bool Verify(char password, TimePoint now) {
    bool right = false;
    Change([&](LoginProfiles& profiles) {
      const auto verified = profiles.VerifyPassword(*profiles.Get("AIDAEVE", "eve"), HashOf(password), now);
      ASSERT_THAT(verified, Succeeds());
      right = *verified;
    });
    return right;
  }

  World world;
};

using Passwords = LoginProfileTest;
using VerifyPassword = LoginProfileTest;

TEST_F(Passwords, AreKeptWithTheirFormerOnes) {
  Change([&](LoginProfiles& profiles) {
    LoginProfile profile = *profiles.Get("AIDAEVE", "eve");
    for (char c = 'b'; c <= 'z'; ++c) SetPassword(profile, HashOf(c), kNow + days(c - 'a'));
    profile.reset_required = true;
    profiles.Put(profile);
  });
  const LoginProfile profile = Stored();
  EXPECT_EQ(profile.created, kNow);
  EXPECT_EQ(profile.changed, kNow + days(25));
  EXPECT_TRUE(profile.reset_required);
  EXPECT_TRUE(IsPassword(profile, HashOf('z')));
  EXPECT_FALSE(IsPassword(profile, HashOf('y')));
  EXPECT_TRUE(IsRecentPassword(profile, HashOf('y'), 2));
  EXPECT_FALSE(IsRecentPassword(profile, HashOf('x'), 2));
  EXPECT_TRUE(IsRecentPassword(profile, HashOf('c'), kFormerPasswordsMax));
  EXPECT_FALSE(IsRecentPassword(profile, HashOf('b'), 100)) << "more than a policy can ask for are not kept";
}

TEST_F(Passwords, AreSealedForTheirOwner) {
  Attempt attempt(world);
  const std::string mine(attempt.transaction().Get("123456789012/login-profile/AIDAEVE").value()->value);
  EXPECT_EQ(mine.find(HashOf('a').Reveal()), std::string::npos);
  attempt.transaction().Put("123456789012/login-profile/AIDABOB", mine);
  EXPECT_THAT(attempt.directory.login_profiles.Find("AIDABOB"),
              FailsWith(ErrorCode::kInternalFailure, "The record `123456789012/login-profile/AIDABOB` is unreadable."));
}

TEST_F(Passwords, LeaveNothingBehind) {
  Change([](LoginProfiles& profiles) { profiles.RecordSignIn("AIDAEVE", kNow); });
  Attempt attempt(world);
  EXPECT_EQ(*attempt.directory.login_profiles.FindLastUse("AIDAEVE"), kNow);
  EXPECT_EQ(*attempt.directory.login_profiles.FindLastUse("AIDABOB"), std::nullopt);
  attempt.directory.login_profiles.Remove("AIDAEVE");
  ASSERT_TRUE(attempt.Commit());
  EXPECT_EQ(CountKeys(world), 0U);
}

TEST_F(VerifyPassword, IsSlowedDownByWrongOnes) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Verify('x', kNow));
  EXPECT_FALSE(Verify('a', kNow + seconds(29)));
  EXPECT_TRUE(Verify('a', kNow + seconds(30)));
  EXPECT_EQ(Stored().attempts.failures, 0U) << "a right one makes good";
  EXPECT_FALSE(Verify('x', kNow));
  EXPECT_TRUE(Verify('a', kNow));
}

TEST(SignInWith, FollowsResetsAndExpiry) {
  LoginProfile profile{.changed = kNow};
  EXPECT_EQ(SignInWith(profile, std::nullopt, kNow + days(4000)), SignIn::kAccepted);
  PasswordPolicy policy{.days_max = 90};
  EXPECT_EQ(PasswordExpiry(policy, kNow), kNow + days(90));
  EXPECT_EQ(SignInWith(profile, policy, kNow + days(90) - seconds(1)), SignIn::kAccepted);
  EXPECT_EQ(SignInWith(profile, policy, kNow + days(90)), SignIn::kMustChange);
  policy.hard_expiry = true;
  EXPECT_EQ(SignInWith(profile, policy, kNow + days(90)), SignIn::kRefused);
  profile.reset_required = true;
  EXPECT_EQ(SignInWith(profile, policy, kNow), SignIn::kMustChange);
}

TEST(IsGoodPassword, WithoutAPolicyNeedsThreeOfFourKinds) {
  const std::array<std::string_view, 2> names = {"123456789012", "Password1"};
  for (const char* good : {"Passw0rdX", "passw0rd!", "PASSWORD!1", "Pass!word", "Passwör1"}) {
    EXPECT_TRUE(IsGoodPassword(std::nullopt, good, names)) << good;
  }
  for (const char* bad : {"Pass!w1", "passw0rd", "PASSWORD1", "password!", "12345678!", "pASSWORD1"}) {
    EXPECT_FALSE(IsGoodPassword(std::nullopt, bad, names)) << bad;
  }
}

TEST(IsGoodPassword, WithAPolicyNeedsWhatItSays) {
  const std::array<std::string_view, 1> names = {"Abcdef"};
  EXPECT_TRUE(IsGoodPassword(PasswordPolicy(), "abcdef", names));
  EXPECT_TRUE(IsGoodPassword(PasswordPolicy(), "ABCDEF", names)) << "names are the default policy's business";
  EXPECT_FALSE(IsGoodPassword(PasswordPolicy(), "abcde", names));
  EXPECT_FALSE(IsGoodPassword(PasswordPolicy(), "äöüäö", names)) << "characters count, not bytes";
  const PasswordPolicy all{.characters_min = 4,
                           .needs_symbols = true,
                           .needs_numbers = true,
                           .needs_upper_case = true,
                           .needs_lower_case = true};
  EXPECT_TRUE(IsGoodPassword(all, "aA1|", names));
  for (const char* bad : {"aA1.", "aA!?", "a1!?", "A1!?"}) EXPECT_FALSE(IsGoodPassword(all, bad, names)) << bad;
}

}  // namespace
}  // namespace claviger::directory

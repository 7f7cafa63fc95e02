#include "ops/iam/login_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/password_policy.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using std::chrono::seconds;

constexpr char kGood[] = "Correct-Horse-1";
constexpr char kOther[] = "Battery-Staple-2";
constexpr char kViolation[] = "Password does not conform to the account password policy.";
constexpr char kIncorrect[] = "The old password was incorrect.";

class PasswordTest : public testing::Test {
 protected:
  PasswordTest() { EXPECT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds()); }

  void ActAsEve() {
    const auto user = service.Call<api::GetUser>({.user_name = "eve"})->user;
    service.caller.type = PrincipalType::kUser;
    service.caller.arn = user.arn;
    service.caller.user_id = service.caller.unique_id = user.user_id;
    service.caller.user_name = "eve";
  }
  Result<CreateLoginProfileResponse> Create(const std::string& password = kGood) {
    return service.Call<api::CreateLoginProfile>({.user_name = "eve", .password = password});
  }
  Result<ChangePasswordResponse> Change(const std::string& from, const std::string& to) {
    return service.Call<api::ChangePassword>({.old_password = from, .new_password = to});
  }

  Service service{RegisterUserOperations, RegisterLoginProfileOperations, RegisterPasswordPolicyOperations};
};

using LoginProfiles = PasswordTest;
using ChangePassword = PasswordTest;
using AccountPasswordPolicy = PasswordTest;

TEST_F(LoginProfiles, AreMadeShownAndDeleted) {
  const auto made =
      service.Call<api::CreateLoginProfile>({.user_name = "EVE", .password = kGood, .password_reset_required = true});
  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->login_profile.user_name, "eve");
  EXPECT_EQ(made->login_profile.create_date, kNow);
  EXPECT_EQ(made->login_profile.password_reset_required, true);
  EXPECT_EQ(service.Call<api::GetLoginProfile>({.user_name = "eve"})->login_profile, made->login_profile);
  EXPECT_THAT(Create(), FailsWith(ErrorCode::kEntityAlreadyExists, "Login Profile for user eve already exists."));
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete login profile first."));
  ASSERT_THAT(service.Call<api::DeleteLoginProfile>({.user_name = "eve"}), Succeeds());
  const auto is_gone = FailsWith(ErrorCode::kNoSuchEntity, "Login Profile for User eve cannot be found.");
  EXPECT_THAT(service.Call<api::GetLoginProfile>({.user_name = "eve"}), is_gone);
  EXPECT_THAT(service.Call<api::DeleteLoginProfile>({.user_name = "eve"}), is_gone);
  EXPECT_THAT(service.Call<api::UpdateLoginProfile>({.user_name = "eve", .password = kGood}), is_gone);
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}), Succeeds());
  EXPECT_THAT(Create(), FailsWith(ErrorCode::kNoSuchEntity, "The user with name eve cannot be found."));
}

TEST_F(LoginProfiles, FollowTheirUserThroughARename) {
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(service.Call<api::UpdateUser>({.user_name = "eve", .new_user_name = "eva"}), Succeeds());
  EXPECT_EQ(service.Call<api::GetLoginProfile>({.user_name = "eva"})->login_profile.user_name, "eva");
}

TEST_F(LoginProfiles, AreTheCallersOwnWhenNobodyIsNamed) {
  ASSERT_THAT(service.Call<api::CreateLoginProfile>({.password = kGood}), Succeeds()) << "of root";
  EXPECT_THAT(service.Call<api::CreateLoginProfile>({.password = kGood}),
              FailsWith(ErrorCode::kEntityAlreadyExists, "Login Profile for account 123456789012 already exists."));
  EXPECT_FALSE(service.Call<api::GetLoginProfile>()->login_profile.user_name);
  ASSERT_THAT(service.Call<api::DeleteLoginProfile>(), Succeeds());
  EXPECT_THAT(service.Call<api::GetLoginProfile>(),
              FailsWith(ErrorCode::kNoSuchEntity, "Login Profile for User null cannot be found."));
  ASSERT_THAT(Create(), Succeeds());
  ActAsEve();
  EXPECT_EQ(service.Call<api::GetLoginProfile>()->login_profile.user_name, "eve");
}

TEST_F(LoginProfiles, NeedAPassword) {
  EXPECT_THAT(service.Call<api::CreateLoginProfile>({.user_name = "eve"}),
              FailsWith(ErrorCode::kValidationError,
                        "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must "
                        "not be null"));
}

TEST_F(LoginProfiles, HoldPasswordsAgainstTheDefaultPolicy) {
  for (const char* bad : {"short1!", "alllowercase", "123456789012", "NoNumbers"}) {
    EXPECT_THAT(Create(bad), FailsWith(ErrorCode::kPasswordPolicyViolation, kViolation)) << bad;
  }
  ASSERT_THAT(service.Call<api::UpdateUser>({.user_name = "eve", .new_user_name = "Evelyn-1"}), Succeeds());
  EXPECT_THAT(service.Call<api::CreateLoginProfile>({.user_name = "Evelyn-1", .password = "eVELYN-1"}),
              FailsWith(ErrorCode::kPasswordPolicyViolation, kViolation));
}

TEST_F(LoginProfiles, AreUpdatedInPart) {
  ASSERT_THAT(Create(), Succeeds());
  service.now = kNow + seconds(60);
  ASSERT_THAT(service.Call<api::UpdateLoginProfile>({.user_name = "eve", .password_reset_required = true}), Succeeds());
  EXPECT_EQ(service.Call<api::GetLoginProfile>({.user_name = "eve"})->login_profile.password_reset_required, true);
  ASSERT_THAT(service.Call<api::UpdateLoginProfile>({.user_name = "eve", .password = kOther}), Succeeds());
  const auto profile = service.Call<api::GetLoginProfile>({.user_name = "eve"})->login_profile;
  EXPECT_EQ(profile.password_reset_required, true);
  EXPECT_EQ(profile.create_date, kNow);
  EXPECT_THAT(service.Call<api::UpdateLoginProfile>({.user_name = "eve", .password = "bad"}),
              FailsWith(ErrorCode::kPasswordPolicyViolation, kViolation));
  ActAsEve();
  EXPECT_THAT(Change(kGood, kGood), FailsWith(ErrorCode::kAccessDenied, kIncorrect));
  EXPECT_THAT(Change(kOther, kGood), Succeeds());
}

TEST_F(ChangePassword, IsForUsersWithAPassword) {
  EXPECT_THAT(Change(kGood, kOther),
              FailsWith(ErrorCode::kInvalidUserType, "Only IAM Users can change their own password"));
  ActAsEve();
  EXPECT_THAT(Change(kGood, kOther),
              FailsWith(ErrorCode::kNoSuchEntity, "Login Profile for User eve cannot be found."));
}

TEST_F(ChangePassword, TakesTheOldOneForANewOne) {
  ASSERT_THAT(
      service.Call<api::CreateLoginProfile>({.user_name = "eve", .password = kGood, .password_reset_required = true}),
      Succeeds());
  ActAsEve();
  EXPECT_THAT(Change("Wrong-Horse-1", kOther), FailsWith(ErrorCode::kAccessDenied, kIncorrect));
  EXPECT_THAT(Change(kGood, "weak"), FailsWith(ErrorCode::kPasswordPolicyViolation, kViolation));
  ASSERT_THAT(Change(kGood, kOther), Succeeds());
  EXPECT_EQ(service.Call<api::GetLoginProfile>()->login_profile.password_reset_required, false);
  EXPECT_THAT(Change(kGood, kOther), FailsWith(ErrorCode::kAccessDenied, kIncorrect));
  EXPECT_THAT(Change(kOther, kGood), Succeeds()) << "no policy forbids to take a former one again";
}

TEST_F(ChangePassword, IsSlowedDownByWrongGuesses) {
  ASSERT_THAT(Create(), Succeeds());
  ActAsEve();
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(Change("Wrong-Horse-1", kOther), FailsWith(ErrorCode::kAccessDenied, kIncorrect));
  }
  EXPECT_THAT(Change(kGood, kOther), FailsWith(ErrorCode::kAccessDenied, kIncorrect));
  service.now += seconds(30);
  EXPECT_THAT(Change(kGood, kOther), Succeeds());
}

TEST_F(ChangePassword, RefusesFormerPasswordsWhereAPolicyDoes) {
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(service.Call<api::UpdateAccountPasswordPolicy>({.password_reuse_prevention = 2}), Succeeds());
  ActAsEve();
  EXPECT_THAT(Change(kGood, kGood), FailsWith(ErrorCode::kPasswordPolicyViolation, kViolation));
  ASSERT_THAT(Change(kGood, kOther), Succeeds());
  EXPECT_THAT(Change(kOther, kGood), FailsWith(ErrorCode::kPasswordPolicyViolation, kViolation));
  ASSERT_THAT(Change(kOther, "third one"), Succeeds());
  EXPECT_THAT(Change("third one", kGood), Succeeds());
}

TEST_F(AccountPasswordPolicy, IsReplacedAsAWhole) {
  EXPECT_THAT(
      service.Call<api::GetAccountPasswordPolicy>(),
      FailsWith(ErrorCode::kNoSuchEntity, "The Password Policy with domain name 123456789012 cannot be found."));
  EXPECT_THAT(service.Call<api::DeleteAccountPasswordPolicy>(),
              FailsWith(ErrorCode::kNoSuchEntity, "The account policy with name PasswordPolicy cannot be found."));
  const UpdateAccountPasswordPolicyRequest full{.minimum_password_length = 14,
                                                .require_symbols = true,
                                                .require_numbers = true,
                                                .require_uppercase_characters = true,
                                                .require_lowercase_characters = true,
                                                .allow_users_to_change_password = true,
                                                .max_password_age = 90,
                                                .password_reuse_prevention = 24,
                                                .hard_expiry = false};
  ASSERT_THAT(service.Call<api::UpdateAccountPasswordPolicy>(full), Succeeds());
  EXPECT_EQ(service.Call<api::GetAccountPasswordPolicy>()->password_policy,
            (PasswordPolicy{.minimum_password_length = 14,
                            .require_symbols = true,
                            .require_numbers = true,
                            .require_uppercase_characters = true,
                            .require_lowercase_characters = true,
                            .allow_users_to_change_password = true,
                            .expire_passwords = true,
                            .max_password_age = 90,
                            .password_reuse_prevention = 24,
                            .hard_expiry = false}));
  EXPECT_THAT(Create("Short-1"), FailsWith(ErrorCode::kPasswordPolicyViolation, kViolation));
  ASSERT_THAT(service.Call<api::UpdateAccountPasswordPolicy>(), Succeeds());
  EXPECT_EQ(service.Call<api::GetAccountPasswordPolicy>()->password_policy,
            (PasswordPolicy{.minimum_password_length = 6,
                            .require_symbols = false,
                            .require_numbers = false,
                            .require_uppercase_characters = false,
                            .require_lowercase_characters = false,
                            .allow_users_to_change_password = false,
                            .expire_passwords = false}));
  EXPECT_THAT(Create("simple"), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteAccountPasswordPolicy>(), Succeeds());
  EXPECT_THAT(
      service.Call<api::GetAccountPasswordPolicy>(),
      FailsWith(ErrorCode::kNoSuchEntity, "The Password Policy with domain name 123456789012 cannot be found."));
}

}  // namespace
}  // namespace claviger::ops::iam

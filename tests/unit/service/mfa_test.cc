// Passwords and codes on their way through the pipeline: what leaves the loop, what a failure leaves behind, and what
// permissions make of it.
#include "ops/sts/mfa.h"

#include "base/encoding.h"
#include "crypto/totp.h"
#include "service_fixture.h"

namespace claviger::service {
namespace {

using namespace testing;        // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using namespace gen::iam::api;  // NOLINT(google-build-using-namespace)
using namespace gen::sts::api;  // NOLINT(google-build-using-namespace)
using ::testing::HasSubstr;

constexpr char kSerial[] = "arn:aws:iam::111122223333:mfa/bob";
constexpr char kRole[] = "arn:aws:iam::111122223333:role/Reader";
constexpr char kGood[] = "Correct-Horse-1";
constexpr char kOther[] = "Battery-Staple-2";
const crypto::Secret kSeed(std::string("12345678901234567890"));

class MfaPipeline : public ::testing::Test {
 protected:
  // Gives bob a device whose seed is kSeed.
  void GiveDevice() {
    service.Change([&](directory::Directory& directory) -> Result<> {
      directory::MfaDevices& devices = directory.mfa_devices;
      const directory::MfaDevice device{.id = "device",
                                        .path = "/",
                                        .name = "bob",
                                        .created = service.clock.now,
                                        .sealed_seed = devices.SealSeed("device", kSeed)};
      TRY(devices.Insert(device));
      return devices.Assign(device, device, TRY(directory.users.Get("bob")).id, service.clock.now);
    });
  }
  // A role that trusts bob when he has shown a code within the last five minutes.
  void AddRole() {
    service.Change([&](directory::Directory& directory) {
      return directory.roles.Insert(
          {.id = "AROAREADER",
           .path = "/",
           .name = "Reader",
           .trust_policy =
               R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},)"
               R"("Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},)"
               R"("NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}}]})"});
    });
    service.Allow("bob", "sts:AssumeRole");
  }
  std::string Code(std::int64_t steps = 0) {
    return std::string(crypto::TotpCode(kSeed, crypto::TotpStep(service.clock.now) + steps).Reveal());
  }
  Answer Assume(const Credentials& credentials, std::optional<std::string> code) {
    const std::optional<std::string> serial = code ? std::optional<std::string>(kSerial) : std::nullopt;
    return service.As(credentials)
        .Call<AssumeRole>(
            {.role_arn = kRole, .role_session_name = "s1", .serial_number = serial, .token_code = std::move(code)});
  }

  Service service;
  const Credentials bob = service.AddUser("bob");
};

using PasswordPipeline = MfaPipeline;

TEST_F(PasswordPipeline, HashesBesideTheLoopAndGoesOn) {
  ASSERT_THAT(service.As(service.root).Call<CreateLoginProfile>({.user_name = "bob", .password = kGood}), Succeeds());
  service.Allow("bob", "iam:ChangePassword");
  const int changes = service.store.changes();
  EXPECT_THAT(service.As(bob).Call<ChangePassword>({.old_password = kOther, .new_password = kGood}),
              FailsSaying(ErrorCode::kAccessDenied, "The old password was incorrect."));
  EXPECT_EQ(service.store.changes(), changes + 1) << "that it was wrong is remembered";
  EXPECT_THAT(service.As(bob).Call<ChangePassword>({.old_password = kGood, .new_password = kOther}), Succeeds());
  EXPECT_THAT(service.As(bob).Call<ChangePassword>({.old_password = kGood, .new_password = kOther}),
              FailsSaying(ErrorCode::kAccessDenied, "The old password was incorrect."));
}

TEST_F(PasswordPipeline, StartsAnewWhenTheProfileHasChangedMeanwhile) {
  ASSERT_THAT(service.As(service.root).Call<CreateLoginProfile>({.user_name = "bob", .password = kGood}), Succeeds());
  service.Allow("bob", "iam:ChangePassword");
  service.store.BeforeNextChange([&] {
    service.Change([&](directory::Directory& directory) -> Result<> {
      directory.login_profiles.Remove(TRY(directory.users.Get("bob")).id);
      return {};
    });
  });
  EXPECT_THAT(service.As(bob).Call<ChangePassword>({.old_password = kGood, .new_password = kOther}),
              FailsSaying(ErrorCode::kNoSuchEntity, "Login Profile for User bob cannot be found."));
}

TEST_F(PasswordPipeline, APasswordPolicyLetsUsersChangeTheirOwn) {
  ASSERT_THAT(service.As(service.root).Call<CreateLoginProfile>({.user_name = "bob", .password = kGood}), Succeeds());
  const auto change = [&] {
    return service.As(bob).Call<ChangePassword>({.old_password = kGood, .new_password = kGood});
  };
  const std::string not_allowed =
      "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:ChangePassword on resource: user bob "
      "because no identity-based policy allows the iam:ChangePassword action";
  EXPECT_THAT(change(), FailsSaying(ErrorCode::kAccessDenied, not_allowed));
  ASSERT_THAT(service.As(service.root).Call<UpdateAccountPasswordPolicy>({.allow_users_to_change_password = true}),
              Succeeds());
  EXPECT_THAT(change(), Succeeds());
  EXPECT_THAT(service.As(bob).Call<GetAccountPasswordPolicy>({}), Succeeds());
  EXPECT_THAT(service.As(bob).Call<DeleteAccountPasswordPolicy>({}), Fails(ErrorCode::kAccessDenied));
  EXPECT_THAT(service.As(bob).Call<UpdateLoginProfile>({.user_name = "bob", .password = kOther}),
              Fails(ErrorCode::kAccessDenied));
  service.Deny("bob", "iam:ChangePassword");
  EXPECT_THAT(change(), Fails(ErrorCode::kAccessDenied));
  service.RemovePolicy("bob", "deny1");
  EXPECT_THAT(change(), Succeeds());
  ASSERT_THAT(service.As(service.root).Call<UpdateAccountPasswordPolicy>({}), Succeeds());
  EXPECT_THAT(change(), FailsSaying(ErrorCode::kAccessDenied, not_allowed));
}

TEST_F(MfaPipeline, AWrongCodeIsRememberedAndARightOneCountsOnce) {
  GiveDevice();
  const auto ask = [&](const std::string& code) {
    return service.As(bob).Call<GetSessionToken>({.serial_number = kSerial, .token_code = code});
  };
  const auto wrong =
      FailsSaying(ErrorCode::kAccessDenied, "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
  const int changes = service.store.changes();
  EXPECT_THAT(ask(Code(7)), wrong);
  EXPECT_EQ(service.store.changes(), changes + 1);
  std::optional<Answer> other;
  service.store.BeforeNextChange([&] { other = ask(Code()); });
  EXPECT_THAT(ask(Code()), wrong) << "another request used the code first";
  ASSERT_TRUE(other);
  EXPECT_THAT(*other, Succeeds());
}

TEST_F(MfaPipeline, ASessionWithACodeMayCallIamAndTellsItsAge) {
  GiveDevice();
  service.Allow("bob", "iam:ListUsers", "*",
                "{'Bool':{'aws:MultiFactorAuthPresent':'true'},'NumericLessThan':{'aws:MultiFactorAuthAge':'60'}}");
  EXPECT_THAT(service.As(bob).Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
  const Answer answer = service.As(bob).Call<GetSessionToken>({.serial_number = kSerial, .token_code = Code()});
  ASSERT_THAT(answer, Succeeds());
  const Credentials session{.access_key_id = answer.Text("AccessKeyId"),
                            .secret_access_key = crypto::Secret(answer.Text("SecretAccessKey")),
                            .session_token = answer.Text("SessionToken")};
  EXPECT_THAT(service.As(session).Call<ListUsers>({}), Succeeds());
  service.clock.now += std::chrono::seconds(60);
  EXPECT_THAT(service.As(session).Call<ListUsers>({}), Fails(ErrorCode::kAccessDenied));
}

// Which operation it is does not matter here: what counts is that the trust policy saw the code.
TEST_F(MfaPipeline, ACodeShownWithARequestDecidesAboutIt) {
  service.Implement<AssumeRole>([](ops::OperationContext& context, const AssumeRole::Request& request) {
    const auto shown = ops::sts::AuthenticateMfa(context, request.serial_number, request.token_code);
    if (!shown.ok()) return Result<AssumeRole::Response>(Failure{shown.error()});
    return Result<AssumeRole::Response>(AssumeRole::Response{.source_identity = *shown ? "code" : "no code"});
  });
  GiveDevice();
  AddRole();
  const auto untrusted = FailsSaying(
      ErrorCode::kAccessDenied,
      "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: sts:AssumeRole on resource: " +
          std::string(kRole));
  EXPECT_THAT(Assume(bob, std::nullopt), untrusted);
  EXPECT_THAT(
      Assume(bob, Code(9)),
      FailsSaying(ErrorCode::kAccessDenied, "MultiFactorAuthentication failed with invalid MFA one time pass code. "));
  EXPECT_EQ(Assume(bob, Code()).Text("SourceIdentity"), "code");
  EXPECT_THAT(Assume(bob, Code()), Fails(ErrorCode::kAccessDenied)) << "used up";
  EXPECT_EQ(Assume(service.SessionOf("bob", true), std::nullopt).Text("SourceIdentity"), "no code");
  EXPECT_THAT(Assume(service.SessionOf("bob", false), std::nullopt), untrusted);
  EXPECT_EQ(Assume(service.SessionOf("bob", false), Code(1)).Text("SourceIdentity"), "code");
  service.Deny("bob", "sts:AssumeRole");
  service.clock.now += std::chrono::minutes(2);
  EXPECT_THAT(Assume(bob, Code()).message, HasSubstr("with an explicit deny"));
}

}  // namespace
}  // namespace claviger::service

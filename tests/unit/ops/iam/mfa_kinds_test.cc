// Hardware tokens and FIDO keys, which the administrator brings in; virtual devices are in mfa_device_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/totp.h"
#include "ops/iam/account_summary.h"
#include "ops/iam/mfa_device.h"
#include "ops/iam/tags.h"
#include "ops/iam/user.h"
#include "ops/sts/session_token.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace): the vocabulary of these tests.
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr char kToken[] = "GAHT12345678";
constexpr char kWrongCode[] = "Authentication code for device is not valid.";
constexpr char kInUse[] = "MFA Device is already in use.";

std::string Unknown(const std::string& serial_number) {
  return "MFA Device with serial number " + serial_number + " does not exist.";
}

class MfaKinds : public testing::Test {
 protected:
  MfaKinds() {
    for (const char* name : {"eve", "bob"}) EXPECT_THAT(service.Call<api::CreateUser>({.user_name = name}), Succeeds());
  }

  // What the administrator's commands do.
  void Import(const std::string& serial_number, seconds period = seconds(30), const std::string& reserved_for = "") {
    directory::Attempt attempt(service.world);
    EXPECT_THAT(
        directory::HardwareTokens(attempt.directory.context)
            .Insert({.serial_number = serial_number, .period = period, .imported = kNow, .reserved_for = reserved_for},
                    seed),
        Succeeds());
    EXPECT_TRUE(attempt.Commit());
  }
  Result<std::string> Register(const std::string& user, const directory::FidoKey& key,
                               const std::string& name = "key") {
    directory::Attempt attempt(service.world);
    const bool root = user == "root";
    const std::string owner = root ? "root" : attempt.directory.users.Get(user)->id;
    auto registered = attempt.directory.mfa_devices.Register(owner, root ? "root" : "user/" + user, name, key, kNow);
    if (registered.ok()) {
      EXPECT_TRUE(attempt.Commit());
    }
    return registered;
  }
  directory::HardwareToken Token(const std::string& serial_number = kToken) {
    directory::Attempt attempt(service.world);
    return **directory::HardwareTokens(attempt.directory.context).Find(serial_number);
  }

  std::string Code(std::int64_t steps, seconds period = seconds(30)) const {
    return std::string(crypto::TotpCode(seed, crypto::TotpStep(service.now, period) + steps).Reveal());
  }
  Result<EnableMFADeviceResponse> Enable(const std::string& user, const std::string& serial_number = kToken,
                                         std::int64_t first = -1, seconds period = seconds(30)) {
    return service.Call<api::EnableMFADevice>({.user_name = user,
                                               .serial_number = serial_number,
                                               .authentication_code1 = Code(first, period),
                                               .authentication_code2 = Code(first + 1, period)});
  }
  Result<DeactivateMFADeviceResponse> Deactivate(const std::string& user, const std::string& serial_number = kToken) {
    return service.Call<api::DeactivateMFADevice>({.user_name = user, .serial_number = serial_number});
  }
  std::vector<std::string> Listed(const std::string& user) {
    std::vector<std::string> serial_numbers;
    const auto list = service.Call<api::ListMFADevices>({.user_name = user});
    for (const MFADevice& device : list->mfa_devices) serial_numbers.push_back(device.serial_number);
    return serial_numbers;
  }
  void ActAs(const std::string& name) {
    const auto user = service.Call<api::GetUser>({.user_name = name})->user;
    service.caller.type = PrincipalType::kUser;
    service.caller.arn = user.arn;
    service.caller.user_id = service.caller.unique_id = user.user_id;
    service.caller.user_name = name;
  }
  auto GetSession(const std::string& serial_number, const std::string& code) {
    return service.Call<gen::sts::api::GetSessionToken>({.serial_number = serial_number, .token_code = code});
  }
  std::int32_t Summary(const std::string& name) {
    return service.Call<api::GetAccountSummary>()->summary_map->at(name);
  }

  const crypto::Secret seed{std::string("12345678901234567890")};
  const directory::FidoKey yubikey{.credential_id = "credential",
                                   .public_key = "cose",
                                   .aaguid = std::string(16, 'm'),
                                   .flags = 0x45,
                                   .sign_count = 7,
                                   .rp_id_hash = std::string(32, 'h'),
                                   .transports = {"usb", "nfc"},
                                   .certifications = {{"FIDO", "L2"}, {"FIPS-140-2", "L1"}},
                                   .attestation_format = "packed"};
  Service service{RegisterUserOperations, RegisterMfaDeviceOperations, RegisterTagOperations,
                  RegisterAccountSummaryOperations, sts::RegisterSessionTokenOperations};
};

using HardwareTokens = MfaKinds;
using FidoKeys = MfaKinds;

TEST_F(HardwareTokens, AreEnabledByTheirSerialNumberAndTwoCodes) {
  EXPECT_THAT(Enable("eve"), FailsWith(ErrorCode::kNoSuchEntity, Unknown(kToken)));
  Import(kToken);
  EXPECT_THAT(Enable("eve", "gaht12345678"), FailsWith(ErrorCode::kNoSuchEntity, Unknown("gaht12345678")));
  EXPECT_THAT(Enable("eve", kToken, 100), FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode));
  EXPECT_EQ(Token().used_in, "");
  ASSERT_THAT(Enable("eve"), Succeeds());
  EXPECT_EQ(Token().used_in, "123456789012");
  const auto got = service.Call<api::GetMFADevice>({.serial_number = kToken, .user_name = "eve"});
  ASSERT_THAT(got, Succeeds());
  EXPECT_EQ(got->enable_date, kNow);
  EXPECT_FALSE(got->certifications);
  EXPECT_THAT(Listed("eve"), ElementsAre(kToken));
  EXPECT_EQ(Summary("MFADevices"), 1);
  EXPECT_EQ(Summary("MFADevicesInUse"), 1);
  EXPECT_THAT(service.Call<api::ListVirtualMFADevices>()->virtual_mfa_devices, IsEmpty());
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete MFA device first."));
}

TEST_F(HardwareTokens, HaveOneOwnerAtATimeInWhicheverAccount) {
  Import(kToken);
  ASSERT_THAT(Enable("eve"), Succeeds());
  EXPECT_THAT(Enable("eve", kToken, 1), FailsWith(ErrorCode::kEntityAlreadyExists, kInUse));
  EXPECT_THAT(Enable("bob", kToken, 1), FailsWith(ErrorCode::kEntityAlreadyExists, kInUse));
  EXPECT_THAT(Deactivate("bob"), FailsWith(ErrorCode::kNoSuchEntity, "MFA Device invalid for user."));
  service.caller = RootCaller(kOtherAccount);
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "eve"}), Succeeds());
  EXPECT_THAT(Enable("eve", kToken, 1), FailsWith(ErrorCode::kEntityAlreadyExists, kInUse));
  EXPECT_THAT(Deactivate("eve"), FailsWith(ErrorCode::kNoSuchEntity, Unknown(kToken)));
}

TEST_F(HardwareTokens, GoBackAndTakeNoCodeTwice) {
  Import(kToken);
  ASSERT_THAT(Enable("eve"), Succeeds());
  ASSERT_THAT(Deactivate("eve"), Succeeds());
  EXPECT_THAT(Listed("eve"), IsEmpty());
  EXPECT_EQ(Token().used_in, "");
  EXPECT_EQ(Summary("MFADevices"), 0);
  EXPECT_EQ(Summary("MFADevicesInUse"), 0);
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/mfa-device"), 0U);
  EXPECT_THAT(Enable("bob"), FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode)) << "its codes were used";
  service.caller = RootCaller(kOtherAccount);
  ASSERT_THAT(service.Call<api::CreateUser>({.user_name = "bob"}), Succeeds());
  EXPECT_THAT(Enable("bob"), FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode));
  EXPECT_THAT(Enable("bob", kToken, 1), Succeeds());
  EXPECT_EQ(Token().used_in, "210987654321");
}

TEST_F(HardwareTokens, OfAnAccountAreNobodyElses) {
  Import(kToken, seconds(30), kOtherAccount.ToString());
  EXPECT_THAT(Enable("eve"), FailsWith(ErrorCode::kNoSuchEntity, Unknown(kToken)));
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(Enable("210987654321"), Succeeds()) << "the root user may have one, too";
}

TEST_F(HardwareTokens, MayShowACodeForAMinute) {
  Import(kToken, seconds(60));
  EXPECT_THAT(Enable("eve"), FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode));
  ASSERT_THAT(Enable("eve", kToken, -1, seconds(60)), Succeeds());
  EXPECT_THAT(service.Call<api::ResyncMFADevice>({.user_name = "eve",
                                                  .serial_number = kToken,
                                                  .authentication_code1 = Code(20, seconds(60)),
                                                  .authentication_code2 = Code(21, seconds(60))}),
              Succeeds());
  ActAs("eve");
  service.now += seconds(60);
  EXPECT_THAT(GetSession(kToken, Code(21, seconds(60))), Succeeds());
  service.now += seconds(60);
  EXPECT_THAT(GetSession(kToken, Code(21, seconds(60))), Succeeds());
  EXPECT_FALSE(GetSession(kToken, Code(21, seconds(60))).ok()) << "a code counts once";
}

TEST_F(HardwareTokens, KeepTheirSeedsSealed) {
  Import(kToken);
  ASSERT_THAT(Enable("eve"), Succeeds());
  EXPECT_TRUE(service.world.reader->Refresh().ok());
  EXPECT_TRUE(service.world.reader
                  ->Scan("", "",
                         [&](std::string_view, const store::Entry& entry) {
                           EXPECT_EQ(entry.value.find(seed.Reveal()), std::string::npos);
                           return true;
                         })
                  .ok());
}

TEST_F(HardwareTokens, AreNoVirtualDevices) {
  Import(kToken);
  ASSERT_THAT(Enable("eve"), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteVirtualMFADevice>({.serial_number = kToken}),
              FailsWith(ErrorCode::kNoSuchEntity, Unknown(kToken)));
  EXPECT_THAT(service.Call<api::TagMFADevice>({.serial_number = kToken, .tags = {{"k", "v"}}}),
              FailsWith(ErrorCode::kNoSuchEntity, Unknown(kToken)));
  EXPECT_THAT(service.Call<api::CreateVirtualMFADevice>({.virtual_mfa_device_name = kToken}), Succeeds());
}

TEST_F(FidoKeys, AreKeptWithAllThatProvesTheirSignatures) {
  const auto serial_number = Register("eve", yubikey, "yubi-key");
  ASSERT_THAT(serial_number, Succeeds());
  const std::string start = "arn:aws:iam::123456789012:u2f/user/eve/yubi-key-";
  ASSERT_TRUE(serial_number->starts_with(start)) << *serial_number;
  EXPECT_EQ(serial_number->size(), start.size() + 26);
  EXPECT_THAT(Listed("eve"), ElementsAre(*serial_number));
  const auto got = service.Call<api::GetMFADevice>({.serial_number = *serial_number, .user_name = "eve"});
  ASSERT_THAT(got, Succeeds());
  EXPECT_EQ(got->enable_date, kNow);
  EXPECT_THAT(*got->certifications, ElementsAre(Pair("FIDO", "L2"), Pair("FIPS-140-2", "L1")));
  EXPECT_EQ(Summary("MFADevicesInUse"), 1);
  directory::Attempt attempt(service.world);
  EXPECT_EQ((*attempt.directory.mfa_devices.FindBySerial(*serial_number))->fido_key, yubikey);
}

TEST_F(FidoKeys, OfRootAreNamedSo) {
  const auto serial_number = Register("root", yubikey);
  ASSERT_THAT(serial_number, Succeeds());
  EXPECT_TRUE(serial_number->starts_with("arn:aws:iam::123456789012:u2f/root/key-")) << *serial_number;
  EXPECT_EQ(Summary("AccountMFAEnabled"), 1);
  EXPECT_THAT(service.Call<api::DeactivateMFADevice>({.serial_number = *serial_number}), Succeeds());
  EXPECT_EQ(Summary("AccountMFAEnabled"), 0);
}

TEST_F(FidoKeys, AreGoneWhenDeactivated) {
  const std::string serial_number = *Register("eve", yubikey);
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete MFA device first."));
  EXPECT_THAT(Deactivate("bob", serial_number), FailsWith(ErrorCode::kNoSuchEntity, "MFA Device invalid for user."));
  ASSERT_THAT(Deactivate("eve", serial_number), Succeeds());
  EXPECT_THAT(Deactivate("eve", serial_number), FailsWith(ErrorCode::kNoSuchEntity, Unknown(serial_number)));
  EXPECT_THAT(Enable("eve", serial_number), FailsWith(ErrorCode::kNoSuchEntity, Unknown(serial_number)));
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/mfa-device"), 0U);
  EXPECT_EQ(directory::CountKeys(service.world, "123456789012/owner-mfa"), 0U);
}

TEST_F(FidoKeys, ShowNoCodes) {
  const std::string serial_number = *Register("eve", yubikey);
  EXPECT_THAT(Enable("eve", serial_number), FailsWith(ErrorCode::kEntityAlreadyExists, kInUse));
  EXPECT_THAT(service.Call<api::ResyncMFADevice>({.user_name = "eve",
                                                  .serial_number = serial_number,
                                                  .authentication_code1 = "123456",
                                                  .authentication_code2 = "654321"}),
              FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode));
  ActAs("eve");
  EXPECT_THAT(GetSession(serial_number, "123456"),
              FailsWith(ErrorCode::kAccessDenied,
                        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial "
                        "number is valid and associated with this user."));
}

TEST_F(FidoKeys, CountWithTheOtherDevices) {
  Import(kToken);
  ASSERT_THAT(Enable("eve"), Succeeds());
  service.world.quotas.mfa_devices_per_user = 3;
  directory::FidoKey key = yubikey;
  for (const char* id : {"one", "two"}) {
    key.credential_id = id;
    ASSERT_THAT(Register("eve", key), Succeeds());
  }
  EXPECT_THAT(Register("eve", yubikey),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for MfaDevicesPerUser: 3"));
  key.credential_id = "one";
  EXPECT_EQ(Register("eve", key).error().code, ErrorCode::kEntityAlreadyExists);
  EXPECT_THAT(Register("bob", key), Succeeds()) << "one key may be several users'";
}

TEST_F(FidoKeys, FollowTheirUserThroughARename) {
  const std::string serial_number = *Register("eve", yubikey);
  ASSERT_THAT(service.Call<api::UpdateUser>({.user_name = "eve", .new_user_name = "eva"}), Succeeds());
  EXPECT_THAT(Listed("eva"), ElementsAre(serial_number));
  EXPECT_THAT(Deactivate("eva", serial_number), Succeeds());
}

}  // namespace
}  // namespace claviger::ops::iam

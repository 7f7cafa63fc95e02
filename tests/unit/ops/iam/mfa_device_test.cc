#include "ops/iam/mfa_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/totp.h"
#include "ops/iam/tags.h"
#include "ops/iam/user.h"
#include "ops/sts/mfa.h"
#include "ops/sts/session_token.h"
#include "session/token.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
namespace sts_api = gen::sts::api;
using gen::iam::Tag;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

constexpr char kEveSerial[] = "arn:aws:iam::123456789012:mfa/eve";
constexpr char kWrongCode[] = "Authentication code for device is not valid.";
constexpr char kWrongTokenCode[] = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
constexpr char kNotYourDevice[] =
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and "
    "associated with this user.";

class MfaTest : public testing::Test {
 protected:
  MfaTest() {
    for (const char* name : {"eve", "bob"}) {
      EXPECT_THAT(service.Call<api::CreateUser>({.path = "/ops/", .user_name = name}), Succeeds());
    }
  }

  void ActAs(const std::string& name) {
    service.caller = RootCaller();
    const auto user = service.Call<api::GetUser>({.user_name = name})->user;
    service.caller.type = PrincipalType::kUser;
    service.caller.arn = user.arn;
    service.caller.user_id = service.caller.unique_id = user.user_id;
    service.caller.user_name = name;
  }
  // A device; returns its seed.
  crypto::Secret Make(const std::string& name) {
    const auto made = service.Call<api::CreateVirtualMFADevice>({.virtual_mfa_device_name = name});
    EXPECT_THAT(made, Succeeds());
    return crypto::Secret(Base32Decode(*made->virtual_mfa_device.base32_string_seed).value());
  }
  // What a device with this seed shows, so many steps from now.
  std::string Code(const crypto::Secret& seed, std::int64_t steps = 0) const {
    return std::string(crypto::TotpCode(seed, crypto::TotpStep(service.now) + steps).Reveal());
  }
  // With the codes of the step before and of now, unless told otherwise.
  Result<EnableMFADeviceResponse> Enable(const std::string& user, const std::string& serial_number,
                                         const crypto::Secret& seed, std::int64_t first = -1) {
    return service.Call<api::EnableMFADevice>({.user_name = user,
                                               .serial_number = serial_number,
                                               .authentication_code1 = Code(seed, first),
                                               .authentication_code2 = Code(seed, first + 1)});
  }
  crypto::Secret MakeAndEnable(const std::string& user) {
    crypto::Secret seed = Make(user);
    EXPECT_THAT(Enable(user, "arn:aws:iam::123456789012:mfa/" + user, seed), Succeeds());
    return seed;
  }
  Result<gen::sts::GetSessionTokenResponse> GetSession(const std::string& serial_number, const std::string& code) {
    return service.Call<sts_api::GetSessionToken>({.serial_number = serial_number, .token_code = code});
  }
  std::vector<std::string> Listed(std::string_view status) {
    std::vector<std::string> names;
    const auto list = service.Call<api::ListVirtualMFADevices>({.assignment_status = std::string(status)});
    for (const auto& device : list->virtual_mfa_devices) {
      names.push_back(device.serial_number.substr(device.serial_number.rfind('/') + 1));
    }
    return names;
  }

  Service service{RegisterUserOperations, RegisterMfaDeviceOperations, RegisterTagOperations,
                  sts::RegisterSessionTokenOperations};
};

using CreateVirtualMFADevice = MfaTest;
using EnableMFADevice = MfaTest;
using ResyncMFADevice = MfaTest;
using DeactivateMFADevice = MfaTest;
using ListVirtualMFADevices = MfaTest;
using MfaDevices = MfaTest;
using AuthenticateMfa = MfaTest;

TEST_F(CreateVirtualMFADevice, HandsOutASeedAndItsPicture) {
  const auto made = service.Call<api::CreateVirtualMFADevice>(
      {.path = "/ops/", .virtual_mfa_device_name = "eve", .tags = {{{"k", "v"}}}});
  ASSERT_THAT(made, Succeeds());
  const VirtualMFADevice& device = made->virtual_mfa_device;
  EXPECT_EQ(device.serial_number, "arn:aws:iam::123456789012:mfa/ops/eve");
  EXPECT_EQ(device.base32_string_seed->size(), 64U);
  EXPECT_EQ(Base32Decode(*device.base32_string_seed)->size(), 40U);
  EXPECT_TRUE(device.qr_code_png->starts_with("\x89PNG"));
  EXPECT_THAT(*device.tags, ElementsAre(Tag{"k", "v"}));
  EXPECT_FALSE(device.user || device.enable_date);
}

TEST_F(CreateVirtualMFADevice, KeepsTheSeedSealed) {
  const crypto::Secret seed = Make("eve");
  EXPECT_TRUE(service.world.reader->Refresh().ok());
  std::size_t devices = 0;
  EXPECT_TRUE(service.world.reader
                  ->Scan("123456789012/mfa-device/", "",
                         [&](std::string_view, const store::Entry& entry) {
                           ++devices;
                           EXPECT_EQ(entry.value.find(seed.Reveal()), std::string::npos);
                           return true;
                         })
                  .ok());
  EXPECT_EQ(devices, 1U);
}

TEST_F(CreateVirtualMFADevice, RefusesTakenNamesFullAccountsAndLongSerials) {
  Make("eve");
  EXPECT_THAT(service.Call<api::CreateVirtualMFADevice>({.virtual_mfa_device_name = "eve"}),
              FailsWith(ErrorCode::kEntityAlreadyExists, "MFA device already exists."));
  const std::string longest(226, 'n');
  EXPECT_THAT(service.Call<api::CreateVirtualMFADevice>({.virtual_mfa_device_name = longest}), Succeeds());
  EXPECT_THAT(service.Call<api::CreateVirtualMFADevice>({.virtual_mfa_device_name = longest + "n"}),
              FailsWith(ErrorCode::kInvalidInput,
                        "The serial number arn:aws:iam::123456789012:mfa/" + longest + "n is too long."));
  service.world.quotas.users_per_account = 2;
  EXPECT_THAT(service.Call<api::CreateVirtualMFADevice>({.virtual_mfa_device_name = "bob"}),
              FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for MfaDevicesPerAccount: 2"));
}

TEST_F(EnableMFADevice, TakesTwoCodesOneAfterTheOther) {
  const crypto::Secret seed = Make("eve");
  EXPECT_THAT(Enable("nobody", kEveSerial, seed),
              FailsWith(ErrorCode::kNoSuchEntity, "The user with name nobody cannot be found."));
  const std::string hardware = "GAHT12345678";
  EXPECT_THAT(Enable("eve", hardware, seed),
              FailsWith(ErrorCode::kNoSuchEntity, "MFA Device with serial number GAHT12345678 does not exist."));
  for (const auto& [first, second] : {std::pair(0, -1), {-1, -1}, {-2, 0}, {-12, -11}, {11, 12}}) {
    EXPECT_THAT(service.Call<api::EnableMFADevice>({.user_name = "eve",
                                                    .serial_number = kEveSerial,
                                                    .authentication_code1 = Code(seed, first),
                                                    .authentication_code2 = Code(seed, second)}),
                FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode))
        << first << " " << second;
  }
  ASSERT_THAT(Enable("eve", kEveSerial, seed), Succeeds());
  EXPECT_THAT(Enable("bob", kEveSerial, seed),
              FailsWith(ErrorCode::kEntityAlreadyExists, "MFA Device is already in use."));
  const auto list = service.Call<api::ListMFADevices>({.user_name = "eve"});
  ASSERT_EQ(list->mfa_devices.size(), 1U);
  EXPECT_EQ(list->mfa_devices[0].user_name, "eve");
  EXPECT_EQ(list->mfa_devices[0].serial_number, kEveSerial);
  EXPECT_EQ(list->mfa_devices[0].enable_date, kNow);
  const auto device = service.Call<api::GetMFADevice>({.serial_number = kEveSerial, .user_name = "eve"});
  EXPECT_EQ(device->user_name, "eve");
  EXPECT_EQ(device->enable_date, kNow);
  EXPECT_THAT(service.Call<api::GetMFADevice>({.serial_number = kEveSerial, .user_name = "bob"}),
              FailsWith(ErrorCode::kNoSuchEntity, "MFA Device invalid for user."));
}

TEST_F(EnableMFADevice, TakesSlowTypingForADriftOnlyBesides) {
  const crypto::Secret seed = Make("eve");
  ASSERT_THAT(Enable("eve", kEveSerial, seed, -5), Succeeds());
  ActAs("eve");
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 2)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode));
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, -3)), Succeeds()) << "of a clock that is slow";
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 1)), Succeeds()) << "of one that is not";
}

TEST_F(EnableMFADevice, AllowsEightOfOneUser) {
  for (int i = 0; i < 9; ++i) {
    const std::string name = "phone" + std::to_string(i);
    const auto enabled = Enable("eve", "arn:aws:iam::123456789012:mfa/" + name, Make(name));
    if (i < 8) {
      EXPECT_THAT(enabled, Succeeds());
    } else {
      EXPECT_THAT(enabled, FailsWith(ErrorCode::kLimitExceeded, "Cannot exceed quota for MfaDevicesPerUser: 8"));
    }
  }
  const auto first = service.Call<api::ListMFADevices>({.user_name = "eve", .max_items = 5});
  EXPECT_EQ(first->is_truncated, true);
  const auto second = service.Call<api::ListMFADevices>({.user_name = "eve", .marker = first->marker});
  EXPECT_EQ(second->is_truncated, false);
  EXPECT_EQ(first->mfa_devices.size() + second->mfa_devices.size(), 8U);
}

TEST_F(ResyncMFADevice, LearnsHowFarTheClockIsOff) {
  const crypto::Secret seed = MakeAndEnable("eve");
  ActAs("eve");
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 20)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode));
  const auto resync = [&](const std::string& user, std::int64_t first) {
    return service.Call<api::ResyncMFADevice>({.user_name = user,
                                               .serial_number = kEveSerial,
                                               .authentication_code1 = Code(seed, first),
                                               .authentication_code2 = Code(seed, first + 1)});
  };
  EXPECT_THAT(resync("bob", 20), FailsWith(ErrorCode::kNoSuchEntity, "MFA Device invalid for user."));
  EXPECT_THAT(resync("eve", 1000), FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode));
  ASSERT_THAT(resync("eve", 20), Succeeds());
  EXPECT_THAT(resync("eve", 20), FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode)) << "used up";
  service.now += seconds(30);
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 0)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode));
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 21)), Succeeds());
}

TEST_F(DeactivateMFADevice, LeavesADeviceThatAnotherMayHave) {
  const crypto::Secret seed = MakeAndEnable("eve");
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}),
              FailsWith(ErrorCode::kDeleteConflict, "Cannot delete entity, must delete MFA device first."));
  EXPECT_THAT(service.Call<api::DeleteVirtualMFADevice>({.serial_number = kEveSerial}),
              FailsWith(ErrorCode::kDeleteConflict, "MFA VirtualDevice in use. Must deactivate first."));
  EXPECT_THAT(service.Call<api::DeactivateMFADevice>({.user_name = "bob", .serial_number = kEveSerial}),
              FailsWith(ErrorCode::kNoSuchEntity, "MFA Device invalid for user."));
  ASSERT_THAT(service.Call<api::DeactivateMFADevice>({.user_name = "eve", .serial_number = kEveSerial}), Succeeds());
  EXPECT_TRUE(service.Call<api::ListMFADevices>({.user_name = "eve"})->mfa_devices.empty());
  EXPECT_THAT(Listed("Unassigned"), ElementsAre("eve"));
  EXPECT_THAT(Enable("bob", kEveSerial, seed), FailsWith(ErrorCode::kInvalidAuthenticationCode, kWrongCode))
      << "its codes were used already";
  service.now += minutes(1);
  EXPECT_THAT(Enable("bob", kEveSerial, seed, 0), Succeeds());
  EXPECT_THAT(service.Call<api::DeleteUser>({.user_name = "eve"}), Succeeds());
}

TEST_F(DeactivateMFADevice, ThenDeleteLeavesNothingBehind) {
  MakeAndEnable("bob");
  ASSERT_THAT(service.Call<api::DeactivateMFADevice>(
                  {.user_name = "bob", .serial_number = "arn:aws:iam::123456789012:mfa/bob"}),
              Succeeds());
  ASSERT_THAT(service.Call<api::DeleteVirtualMFADevice>({.serial_number = "arn:aws:iam::123456789012:mfa/bob"}),
              Succeeds());
  const std::size_t keys = directory::CountKeys(service.world);
  MakeAndEnable("eve");
  {
    directory::Attempt attempt(service.world);
    EXPECT_EQ(*attempt.directory.mfa_devices.Count(), 1U);
    EXPECT_EQ(*attempt.directory.mfa_devices.CountInUse(), 1U);
  }
  ASSERT_THAT(service.Call<api::DeactivateMFADevice>({.user_name = "eve", .serial_number = kEveSerial}), Succeeds());
  ASSERT_THAT(service.Call<api::DeleteVirtualMFADevice>({.serial_number = kEveSerial}), Succeeds());
  EXPECT_EQ(directory::CountKeys(service.world), keys);
  EXPECT_THAT(service.Call<api::DeleteVirtualMFADevice>({.serial_number = kEveSerial}),
              FailsWith(ErrorCode::kNoSuchEntity,
                        "MFA Device with serial number arn:aws:iam::123456789012:mfa/eve does not exist."));
  directory::Attempt attempt(service.world);
  EXPECT_EQ(*attempt.directory.mfa_devices.Count(), 0U);
  EXPECT_EQ(*attempt.directory.mfa_devices.CountInUse(), 0U);
}

TEST_F(ListVirtualMFADevices, FiltersAndPages) {
  MakeAndEnable("eve");
  Make("spare");
  const crypto::Secret root = Make("root-account-mfa-device");
  ASSERT_THAT(Enable("123456789012", "arn:aws:iam::123456789012:mfa/root-account-mfa-device", root), Succeeds());
  EXPECT_THAT(Listed("Any"), ElementsAre("eve", "root-account-mfa-device", "spare"));
  EXPECT_THAT(Listed("Assigned"), ElementsAre("eve", "root-account-mfa-device"));
  EXPECT_THAT(Listed("Unassigned"), ElementsAre("spare"));
  const auto first = service.Call<api::ListVirtualMFADevices>({.max_items = 1});
  ASSERT_EQ(first->virtual_mfa_devices.size(), 1U);
  EXPECT_EQ(first->virtual_mfa_devices[0].user->arn, "arn:aws:iam::123456789012:user/ops/eve");
  EXPECT_EQ(first->virtual_mfa_devices[0].enable_date, kNow);
  EXPECT_FALSE(first->virtual_mfa_devices[0].base32_string_seed || first->virtual_mfa_devices[0].tags);
  const auto second = service.Call<api::ListVirtualMFADevices>({.marker = first->marker});
  ASSERT_EQ(second->virtual_mfa_devices.size(), 2U);
  const auto& owner = second->virtual_mfa_devices[0].user;
  EXPECT_EQ(owner->arn, "arn:aws:iam::123456789012:root");
  EXPECT_FALSE(owner->user_name || owner->path);
  EXPECT_FALSE(second->virtual_mfa_devices[1].user);
}

TEST_F(MfaDevices, OfRootAreItsOwn) {
  const crypto::Secret seed = Make("root-account-mfa-device");
  const std::string serial_number = "arn:aws:iam::123456789012:mfa/root-account-mfa-device";
  ActAs("eve");
  EXPECT_THAT(Enable("123456789012", serial_number, seed),
              FailsWith(ErrorCode::kNoSuchEntity, "The user with name 123456789012 cannot be found."))
      << "only root itself means root by its account";
  service.caller = RootCaller();
  ASSERT_THAT(Enable("123456789012", serial_number, seed), Succeeds());
  const auto list = service.Call<api::ListMFADevices>();
  ASSERT_EQ(list->mfa_devices.size(), 1U);
  EXPECT_FALSE(list->mfa_devices[0].user_name);
  const auto token = GetSession(serial_number, Code(seed, 1));
  ASSERT_THAT(token, Succeeds());
  EXPECT_THAT(service.Call<api::DeactivateMFADevice>({.serial_number = serial_number}), Succeeds());
  EXPECT_TRUE(service.Call<api::ListMFADevices>()->mfa_devices.empty());
}

TEST_F(MfaDevices, HaveTagsWhoseCaseMatters) {
  Make("eve");
  ASSERT_THAT(service.Call<api::TagMFADevice>({.serial_number = kEveSerial, .tags = {{"a", "1"}, {"A", "2"}}}),
              Succeeds());
  EXPECT_THAT(service.Call<api::ListMFADeviceTags>({.serial_number = kEveSerial})->tags,
              ElementsAre(Tag{"A", "2"}, Tag{"a", "1"}));
  ASSERT_THAT(service.Call<api::UntagMFADevice>({.serial_number = kEveSerial, .tag_keys = {"a"}}), Succeeds());
  EXPECT_THAT(service.Call<api::ListMFADeviceTags>({.serial_number = kEveSerial})->tags, ElementsAre(Tag{"A", "2"}));
  EXPECT_THAT(service.Call<api::ListMFADeviceTags>({.serial_number = "arn:aws:iam::123456789012:mfa/x/eve"}),
              FailsWith(ErrorCode::kNoSuchEntity,
                        "MFA Device with serial number arn:aws:iam::123456789012:mfa/x/eve does not exist."));
}

TEST_F(MfaDevices, FollowTheirUserThroughARename) {
  MakeAndEnable("eve");
  ASSERT_THAT(service.Call<api::UpdateUser>({.user_name = "eve", .new_user_name = "eva"}), Succeeds());
  EXPECT_EQ(service.Call<api::ListMFADevices>({.user_name = "eva"})->mfa_devices[0].user_name, "eva");
}

TEST_F(AuthenticateMfa, MarksTheSession) {
  const crypto::Secret seed = MakeAndEnable("eve");
  ActAs("eve");
  const auto session_of = [&](const gen::sts::GetSessionTokenResponse& answer) {
    return *session::OpenToken(answer.credentials->session_token, service.world.keys.sessions);
  };
  EXPECT_FALSE(session_of(*service.Call<sts_api::GetSessionToken>()).mfa_authenticated);
  const auto answer = GetSession(kEveSerial, Code(seed, 1));
  ASSERT_THAT(answer, Succeeds());
  EXPECT_TRUE(session_of(*answer).mfa_authenticated);
}

TEST_F(AuthenticateMfa, TakesACodeOnce) {
  const crypto::Secret seed = MakeAndEnable("eve");
  ActAs("eve");
  EXPECT_THAT(GetSession(kEveSerial, Code(seed)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode))
      << "it was used to enable the device";
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 1)), Succeeds());
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 1)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode));
  service.now += minutes(2);
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, -2)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode));
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 2)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode));
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, -1)), Succeeds());
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 0)), Succeeds());
}

TEST_F(AuthenticateMfa, IsSlowedDownByWrongCodes) {
  const crypto::Secret seed = MakeAndEnable("eve");
  ActAs("eve");
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(GetSession(kEveSerial, Code(seed, 50 + i)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode));
  }
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 1)), FailsWith(ErrorCode::kAccessDenied, kWrongTokenCode));
  service.now += seconds(30);
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 0)), Succeeds());
}

TEST_F(AuthenticateMfa, IsForTheCallersOwnDevices) {
  const crypto::Secret seed = MakeAndEnable("eve");
  const auto not_yours = FailsWith(ErrorCode::kAccessDenied, kNotYourDevice);
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 1)), not_yours) << "root";
  ActAs("bob");
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 1)), not_yours);
  ActAs("eve");
  EXPECT_THAT(GetSession("arn:aws:iam::123456789012:mfa/Eve", Code(seed, 1)), not_yours);
  EXPECT_THAT(GetSession("arn:aws:iam::210987654321:mfa/eve", Code(seed, 1)), not_yours);
  EXPECT_THAT(GetSession("GAHT12345678", Code(seed, 1)), not_yours);
  EXPECT_THAT(GetSession(kEveSerial, Code(seed, 1)), Succeeds());
}

TEST_F(AuthenticateMfa, NeedsBothDeviceAndCode) {
  const auto half =
      FailsWith(ErrorCode::kAccessDenied,
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");
  EXPECT_THAT(service.Call<sts_api::GetSessionToken>({.serial_number = kEveSerial}), half);
  EXPECT_THAT(service.Call<sts_api::GetSessionToken>({.token_code = "123456"}), half);
}

}  // namespace
}  // namespace claviger::ops::iam

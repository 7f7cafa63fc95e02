// GetCallerIdentity, GetAccessKeyInfo and GetSessionToken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/iam/access_key.h"
#include "ops/iam/user.h"
#include "ops/sts/caller.h"
#include "ops/sts/session_token.h"
#include "session/token.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::sts {
namespace {

using namespace gen::sts;  // NOLINT(google-build-using-namespace)
using std::chrono::seconds;

class StsTest : public testing::Test {
 protected:
  Service service{RegisterCallerOperations, RegisterSessionTokenOperations, iam::RegisterUserOperations,
                  iam::RegisterAccessKeyOperations};
};

using GetCallerIdentity = StsTest;
using GetAccessKeyInfo = StsTest;
using GetSessionToken = StsTest;

TEST_F(GetCallerIdentity, RepeatsWhoSigned) {
  service.caller.arn = "arn:aws:sts::123456789012:assumed-role/r/s";
  service.caller.user_id = "AROAEXAMPLE:s";
  const auto response = service.Call<api::GetCallerIdentity>();
  ASSERT_THAT(response, Succeeds());
  EXPECT_EQ(response->user_id, "AROAEXAMPLE:s");
  EXPECT_EQ(response->account, "123456789012");
  EXPECT_EQ(response->arn, "arn:aws:sts::123456789012:assumed-role/r/s");
}

TEST_F(GetAccessKeyInfo, ReadsTheAccountFromTheId) {
  EXPECT_EQ(service.Call<api::GetAccessKeyInfo>({.access_key_id = "AKIARZPUZDIKCI2FM6E2"})->account, "123456789012");
  EXPECT_EQ(service.Call<api::GetAccessKeyInfo>({.access_key_id = "ASIAZL6XWCR2MIB6XHU7"})->account, "644160558196");
  EXPECT_THAT(
      service.Call<api::GetAccessKeyInfo>({.access_key_id = "AKIAIOSFODNN7EXAMPLE"}),
      FailsWith(ErrorCode::kValidationError, "The access key id AKIAIOSFODNN7EXAMPLE does not belong to any account."));
}

TEST_F(GetAccessKeyInfo, LooksForKeysWhoseIdWasChosen) {
  {
    directory::Attempt attempt(service.world, kOtherAccount);
    ASSERT_THAT(attempt.directory.access_keys.Insert({.id = "chosen-by-hand-1",
                                                      .owner = std::string(directory::kRootOwner),
                                                      .created = kNow,
                                                      .status_changed = kNow,
                                                      .secret = crypto::Secret("s")}),
                Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  EXPECT_EQ(service.Call<api::GetAccessKeyInfo>({.access_key_id = "chosen-by-hand-1"})->account, "210987654321");
}

TEST_F(GetSessionToken, SealsTheCallerForItsDuration) {
  service.now = kNow + std::chrono::milliseconds(700);
  service.caller.type = PrincipalType::kUser;
  service.caller.unique_id = "AIDAEXAMPLE";
  service.caller.access_key_id = "AKIAPARENT";
  const auto response = service.Call<api::GetSessionToken>({.duration_seconds = 900});
  ASSERT_THAT(response, Succeeds());
  const Credentials& credentials = *response->credentials;
  EXPECT_TRUE(credentials.access_key_id.starts_with("ASIA"));
  EXPECT_EQ(credentials.expiration, kNow + seconds(900));
  const auto session = session::OpenToken(credentials.session_token, service.world.keys.sessions);
  ASSERT_THAT(session, Succeeds());
  EXPECT_EQ(session->access_key_id, credentials.access_key_id);
  EXPECT_EQ(session->secret.Reveal(), credentials.secret_access_key);
  EXPECT_EQ(session->principal_id, "AIDAEXAMPLE");
  EXPECT_EQ(session->origin, (SessionOrigin{kAccount, "AIDAEXAMPLE", "AKIAPARENT"}));
  EXPECT_EQ(session->issued, service.now);
  EXPECT_EQ(session->account, kAccount);
  EXPECT_FALSE(session->mfa_authenticated);
  EXPECT_EQ(service.Call<api::GetSessionToken>()->credentials->expiration, kNow + seconds(43200));
}

TEST_F(GetSessionToken, ShortensWhatRootAsksFor) {
  const auto response = service.Call<api::GetSessionToken>({.duration_seconds = 129600});
  EXPECT_EQ(response->credentials->expiration, kNow + seconds(3600));
}

TEST_F(GetSessionToken, RefusesSessionsAndUnknownDevices) {
  EXPECT_THAT(service.Call<api::GetSessionToken>({.serial_number = "GAHT12345678"}),
              FailsWith(ErrorCode::kAccessDenied,
                        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass "
                        "code."));
  EXPECT_THAT(service.Call<api::GetSessionToken>({.serial_number = "GAHT12345678", .token_code = "123456"}),
              FailsWith(ErrorCode::kAccessDenied,
                        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA "
                        "serial number is valid and associated with this user."));
  service.caller.session = Caller::Session{.issued = kNow, .expires = kNow};
  EXPECT_THAT(service.Call<api::GetSessionToken>(),
              FailsWith(ErrorCode::kAccessDenied, "Cannot call GetSessionToken with session credentials"));
}

}  // namespace
}  // namespace claviger::ops::sts

#include "ops/iam/credential_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "directory/organization.h"
#include "ops/iam/access_key.h"
#include "ops/iam/user.h"
#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

constexpr std::string_view kNoCertificates = ",false,N/A,false,N/A\n";
constexpr std::string_view kNoKey = ",false,N/A,N/A,N/A,N/A";

class CredentialReport : public testing::Test {
 protected:
  void SetUp() override {
    directory::Attempt attempt(service.world);
    ASSERT_THAT(directory::InsertAccount(attempt.transaction(), {.id = kAccount, .created = kNow}), Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  auto Generate() { return service.Call<api::GenerateCredentialReport>({}); }
  auto Get() { return service.Call<api::GetCredentialReport>({}); }
  void CreateUser(const std::string& name) {
    ASSERT_THAT(service.Call<api::CreateUser>({.path = {}, .user_name = name}), Succeeds());
  }
  std::string CreateKey(const std::string& user) {
    return service.Call<api::CreateAccessKey>({.user_name = user})->access_key.access_key_id;
  }
  std::string Report() {
    EXPECT_THAT(Generate(), Succeeds());
    const auto report = Get();
    EXPECT_THAT(report, Succeeds());
    return *report->content;
  }

  Service service{RegisterCredentialReportOperations, RegisterUserOperations, RegisterAccessKeyOperations};
};

TEST_F(CredentialReport, IsStartedThenCompleteForFourHours) {
  EXPECT_THAT(Get(), FailsWith(ErrorCode::kReportNotPresent, ""));
  const auto started = Generate();
  ASSERT_THAT(started, Succeeds());
  EXPECT_EQ(started->state, "STARTED");
  EXPECT_EQ(started->description, "No report exists. Starting a new report generation task");

  service.now = kNow + std::chrono::hours(4) - std::chrono::seconds(1);
  const auto complete = Generate();
  EXPECT_EQ(complete->state, "COMPLETE");
  EXPECT_FALSE(complete->description);
  const auto report = Get();
  ASSERT_THAT(report, Succeeds());
  EXPECT_EQ(report->report_format, "text/csv");
  EXPECT_EQ(report->generated_time, kNow);

  service.now = kNow + std::chrono::hours(4);
  EXPECT_THAT(Get(), FailsWith(ErrorCode::kReportExpired, ""));
  EXPECT_EQ(Generate()->state, "STARTED");
  EXPECT_EQ(Get()->generated_time, service.now);
}

TEST_F(CredentialReport, ShowsAMomentNotThePresent) {
  const std::string before = Report();
  CreateUser("late");
  EXPECT_EQ(Report(), before);
  service.now += std::chrono::hours(4);
  EXPECT_THAT(Report(), HasSubstr("\nlate,"));
}

TEST_F(CredentialReport, HasTwentyTwoColumnsAndRootFirst) {
  EXPECT_EQ(Report(),
            "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
            "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
            "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
            "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,"
            "access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"
            "<root_account>,arn:aws:iam::123456789012:root,2026-01-31T12:00:00+00:00,not_supported,no_information,"
            "not_supported,not_supported,false" +
                std::string(kNoKey) + std::string(kNoKey) + std::string(kNoCertificates));
}

TEST_F(CredentialReport, ShowsKeysOldestFirst) {
  CreateUser("bob");
  const std::string first = CreateKey("bob");
  service.now = kNow + std::chrono::hours(1);
  CreateKey("bob");
  ASSERT_THAT(service.Call<api::UpdateAccessKey>({.user_name = "bob", .access_key_id = first, .status = "Inactive"}),
              Succeeds());
  {
    directory::Attempt attempt(service.world);
    ASSERT_THAT(attempt.directory.access_keys.RecordUse(
                    first, {.time = kNow + std::chrono::seconds(95), .service = "sts", .region = "eu-west-1"}),
                Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  EXPECT_THAT(Report(), HasSubstr("\nbob,arn:aws:iam::123456789012:user/bob,2026-01-31T12:00:00+00:00,false,N/A,N/A,"
                                  "N/A,false,false,2026-01-31T13:00:00+00:00,2026-01-31T12:01:00+00:00,eu-west-1,sts,"
                                  "true,2026-01-31T13:00:00+00:00,N/A,N/A,N/A" +
                                  std::string(kNoCertificates)));
}

TEST_F(CredentialReport, ShowsPasswordsAndMfa) {
  CreateUser("bob");
  CreateUser("eve");
  {
    directory::Attempt attempt(service.world);
    directory::Directory& directory = attempt.directory;
    directory::PutPasswordPolicy(directory.context, {.days_max = 90});
    for (const std::string& owner : {directory.users.Get("bob")->id, directory.users.Get("eve")->id}) {
      directory::LoginProfile profile = directory::NewLoginProfile(owner, kNow, service.world.random);
      directory::SetPassword(profile, crypto::Secret(std::string(32, 'h')), kNow + std::chrono::hours(1));
      directory.login_profiles.Put(profile);
    }
    directory.login_profiles.RecordSignIn(directory.users.Get("bob")->id, kNow + std::chrono::hours(2));
    directory.login_profiles.RecordSignIn(directory::kRootOwner, kNow + std::chrono::hours(3));
    const directory::MfaDevice device{
        .id = "device", .path = "/", .name = "phone", .created = kNow, .sealed_seed = "sealed"};
    ASSERT_THAT(directory.mfa_devices.Insert(device), Succeeds());
    ASSERT_THAT(directory.mfa_devices.Assign(device, device, directory.users.Get("bob")->id, kNow), Succeeds());
    ASSERT_TRUE(attempt.Commit());
  }
  const std::string report = Report();
  EXPECT_THAT(report, HasSubstr("not_supported,2026-01-31T15:00:00+00:00,not_supported,not_supported,false"));
  EXPECT_THAT(report, HasSubstr("/bob,2026-01-31T12:00:00+00:00,true,2026-01-31T14:00:00+00:00,"
                                "2026-01-31T13:00:00+00:00,2026-05-01T13:00:00+00:00,true"));
  EXPECT_THAT(report, HasSubstr("/eve,2026-01-31T12:00:00+00:00,true,no_information,2026-01-31T13:00:00+00:00,"
                                "2026-05-01T13:00:00+00:00,false"));
}

TEST_F(CredentialReport, TellsOfAMembersRootUserWhetherItHasAPassword) {
  {
    directory::Attempt attempt(service.world);
    const directory::Context& context = attempt.directory.context;
    directory::OrganizationDirectory parts(context, directory::kOtherAccount);
    parts.Join({.id = "o-1234567890", .root_id = "r-abcd", .created = kNow}, directory::kAccount);
    ASSERT_TRUE(attempt.Commit());
  }
  EXPECT_THAT(Report(), HasSubstr(":root,2026-01-31T12:00:00+00:00,false,N/A,N/A,not_supported,false"));
  {
    directory::Attempt attempt(service.world);
    ASSERT_FALSE(*attempt.directory.login_profiles.Exists(directory::kRootOwner));
    attempt.directory.login_profiles.Put(
        directory::NewLoginProfile(std::string(directory::kRootOwner), kNow, service.world.random));
    ASSERT_TRUE(attempt.Commit());
  }
  service.now = kNow + std::chrono::hours(5);
  EXPECT_THAT(Report(), HasSubstr(":root,2026-01-31T12:00:00+00:00,true,no_information,2026-01-31T12:00:00+00:00,"
                                  "not_supported,false"));
}

TEST_F(CredentialReport, ShowsSigningCertificates) {
  CreateUser("bob");
  {
    directory::Attempt attempt(service.world);
    const std::string owner = attempt.directory.users.Get("bob")->id;
    attempt.directory.signing_certificates.Insert(
        {.id = "AAAA", .owner = owner, .created = kNow + std::chrono::hours(1), .body = "x"});
    attempt.directory.signing_certificates.Insert(
        {.id = "BBBB", .owner = owner, .status = directory::CredentialStatus::kInactive, .created = kNow, .body = "y"});
    ASSERT_TRUE(attempt.Commit());
  }
  EXPECT_THAT(Report(), testing::EndsWith(",false,2026-01-31T12:00:00+00:00,true,2026-01-31T13:00:00+00:00\n"));
}

TEST_F(CredentialReport, ListsUsersByNameIgnoringCaseAndQuotesCommas) {
  for (const char* name : {"beta", "Alpha", "a,b"}) CreateUser(name);
  const std::string report = Report();
  EXPECT_THAT(report, HasSubstr("\n\"a,b\",\"arn:aws:iam::123456789012:user/a,b\",2026"));
  EXPECT_LT(report.find("\n\"a,b\""), report.find("\nAlpha,"));
  EXPECT_LT(report.find("\nAlpha,"), report.find("\nbeta,"));
}

TEST_F(CredentialReport, ListsMoreUsersThanAreReadAtOnce) {
  constexpr int kUsers = 1003;
  for (int begin = 0; begin < kUsers; begin += 100) {
    directory::Attempt attempt(service.world);
    for (int i = begin; i < std::min(begin + 100, kUsers); ++i) {
      const std::string name = "user" + std::to_string(i);
      ASSERT_THAT(attempt.directory.users.Insert({.id = "AIDA" + name, .path = "/", .name = name, .created = kNow}),
                  Succeeds());
    }
    ASSERT_TRUE(attempt.Commit());
  }
  const std::string report = Report();
  EXPECT_EQ(std::ranges::count(report, '\n'), kUsers + 2);
}

}  // namespace
}  // namespace claviger::ops::iam

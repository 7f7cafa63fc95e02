#include "ops/iam/account_preferences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/ops/ops_fixture.h"

namespace claviger::ops::iam {
namespace {

using namespace gen::iam;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;

class AccountAlias : public testing::Test {
 protected:
  auto Create(const std::string& alias) { return service.Call<api::CreateAccountAlias>({.account_alias = alias}); }
  auto Delete(const std::string& alias) { return service.Call<api::DeleteAccountAlias>({.account_alias = alias}); }
  std::vector<std::string> List() {
    const auto response = service.Call<api::ListAccountAliases>({});
    EXPECT_THAT(response, Succeeds());
    EXPECT_EQ(response->is_truncated, false);
    return response->account_aliases;
  }

  Service service{RegisterAccountPreferenceOperations};
};

TEST_F(AccountAlias, IsReplacedAndTakenAway) {
  EXPECT_THAT(List(), IsEmpty());
  ASSERT_THAT(Create("acme"), Succeeds());
  EXPECT_THAT(List(), ElementsAre("acme"));
  ASSERT_THAT(Create("acme-dev"), Succeeds());
  EXPECT_THAT(List(), ElementsAre("acme-dev"));
  EXPECT_THAT(Delete("acme"), FailsWith(ErrorCode::kNoSuchEntity, "The account alias acme cannot be found."));
  ASSERT_THAT(Delete("acme-dev"), Succeeds());
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_EQ(directory::CountKeys(service.world), 0U);
}

TEST_F(AccountAlias, IsOneAccountsAlone) {
  ASSERT_THAT(Create("acme"), Succeeds());
  const auto taken = FailsWith(ErrorCode::kEntityAlreadyExists, "The account alias acme already exists.");
  EXPECT_THAT(Create("acme"), taken);
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(Create("acme"), taken);
  EXPECT_THAT(Delete("acme"), FailsWith(ErrorCode::kNoSuchEntity, "The account alias acme cannot be found."));
  EXPECT_THAT(List(), IsEmpty());
  service.caller = RootCaller();
  ASSERT_THAT(Create("other"), Succeeds());
  service.caller = RootCaller(kOtherAccount);
  EXPECT_THAT(Create("acme"), Succeeds());
}

TEST_F(AccountAlias, IsNoAccountNumber) {
  EXPECT_THAT(Create("123456789012"),
              FailsWith(ErrorCode::kValidationError, "The account alias must not be a 12-digit number."));
  EXPECT_THAT(Create("1234567890123"), Succeeds());
}

TEST_F(AccountAlias, LeavesTheTokenVersionAlone) {
  const auto version = [&] {
    directory::Attempt attempt(service.world);
    return attempt.directory.preferences.Get()->token_version;
  };
  EXPECT_EQ(version(), 1U);
  ASSERT_THAT(service.Call<api::SetSecurityTokenServicePreferences>({.global_endpoint_token_version = "v2Token"}),
              Succeeds());
  ASSERT_THAT(Create("acme"), Succeeds());
  EXPECT_EQ(version(), 2U);
  ASSERT_THAT(service.Call<api::SetSecurityTokenServicePreferences>({.global_endpoint_token_version = "v1Token"}),
              Succeeds());
  EXPECT_EQ(version(), 1U);
  EXPECT_THAT(List(), ElementsAre("acme"));
}

TEST_F(AccountAlias, LeadsToItsAccount) {
  ASSERT_THAT(Create("acme"), Succeeds());
  directory::Attempt attempt(service.world);
  EXPECT_EQ(*directory::FindAccountOfAlias(attempt.transaction(), "acme"), kAccount);
  EXPECT_EQ(*directory::FindAccountOfAlias(attempt.transaction(), "none"), std::nullopt);
}

}  // namespace
}  // namespace claviger::ops::iam

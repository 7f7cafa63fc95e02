#include "server/installation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suites/temporary_directory.h"

namespace claviger::server {
namespace {

using ::testing::HasSubstr;

const AccountId kAccount = AccountId::Parse("123456789012").value();
constexpr const char* kKeyId = "AKIAIOSFODNN7EXAMPLE";

AccountConfig Wanted(const std::string& secret = "secret") {
  return {.account_id = kAccount.ToString(),
          .root_access_key_id = kKeyId,
          .root_secret_access_key = crypto::Secret(secret)};
}

class InstallationTest : public ::testing::Test {
 protected:
  StartResult<Installation> Open(const Config& config) { return OpenInstallation(config, random_, now_); }
  StartResult<std::vector<NewRootKey>> Ensure(Installation& installation, const Config& config) {
    return EnsureAccounts(installation, config, random_, now_);
  }
  std::vector<std::string> RootKeys(Installation& installation, AccountId account) {
    std::vector<std::string> ids;
    EXPECT_TRUE(RunChange(installation, account, {}, random_, [&](directory::Directory& directory) -> Result<> {
                  for (const auto& key : TRY(directory.access_keys.ListOf(directory::kRootOwner)))
                    ids.push_back(key.id);
                  return {};
                }).ok());
    return ids;
  }

  testing::TemporaryDirectory folder_;
  SeededRandom random_{9};
  TimePoint now_{std::chrono::seconds(1795334400)};
  Config memory_{.memory = true};
  Config disk_{.data = folder_.path() / "data"};
};

TEST_F(InstallationTest, FirstStartMakesAnAccountWithARootKey) {
  Installation installation = Open(memory_).value();
  const auto made = Ensure(installation, memory_).value();
  ASSERT_EQ(made.size(), 1);
  EXPECT_EQ(made[0].secret_access_key.size(), 40);
  EXPECT_EQ(RootKeys(installation, made[0].account), std::vector{made[0].access_key_id});
  EXPECT_TRUE(Ensure(installation, memory_).value().empty());  // A second start makes nothing.
}

TEST_F(InstallationTest, FirstStartTakesTheCredentialsThatAreGiven) {
  Installation installation = Open(memory_).value();
  Config config = memory_;
  config.accounts = {Wanted()};
  EXPECT_TRUE(Ensure(installation, config).value().empty());  // Known already: nothing to show.
  EXPECT_EQ(RootKeys(installation, kAccount), std::vector<std::string>{kKeyId});
  EXPECT_TRUE(Ensure(installation, config).ok());
}

TEST_F(InstallationTest, AnExistingAccountGetsItsRootKeyButNotAnotherSecret) {
  Installation installation = Open(memory_).value();
  Config config = memory_;
  config.accounts = {{.account_id = kAccount.ToString()}};
  EXPECT_EQ(Ensure(installation, config).value().size(), 1);
  config.accounts = {Wanted()};
  EXPECT_TRUE(Ensure(installation, config).ok());
  EXPECT_EQ(RootKeys(installation, kAccount).size(), 2);
  config.accounts = {Wanted("another secret")};
  EXPECT_THAT(Ensure(installation, config).error(), HasSubstr("exists with another secret"));
}

TEST_F(InstallationTest, RefusesCredentialsThatCannotBe) {
  Installation installation = Open(memory_).value();
  Config config = memory_;
  config.accounts = {{.account_id = "123"}};
  EXPECT_THAT(Ensure(installation, config).error(), HasSubstr("twelve digits"));
  config.accounts = {{.account_id = kAccount.ToString(), .root_access_key_id = kKeyId}};
  EXPECT_THAT(Ensure(installation, config).error(), HasSubstr("together"));
  config.accounts = {Wanted()};
  config.accounts[0].root_access_key_id = "too/short";
  EXPECT_THAT(Ensure(installation, config).error(), HasSubstr("16 to 128"));
}

TEST_F(InstallationTest, KeepsEverythingOnDisk) {
  Config config = disk_;
  config.accounts = {Wanted()};
  {
    Installation installation = Open(config).value();
    ASSERT_TRUE(Ensure(installation, config).ok());
  }
  Installation again = Open(disk_).value();
  EXPECT_TRUE(Ensure(again, disk_).value().empty());
  EXPECT_EQ(RootKeys(again, kAccount), std::vector<std::string>{kKeyId});
}

TEST_F(InstallationTest, RefusesAnotherMasterKey) {
  { ASSERT_TRUE(Open(disk_).ok()); }
  Config config = disk_;
  config.master_key_command = "echo 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  EXPECT_THAT(Open(config).error(), HasSubstr("master key does not open"));
}

}  // namespace
}  // namespace claviger::server

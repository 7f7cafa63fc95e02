#include "cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>

#include "directory/quotas.h"
#include "suites/temporary_directory.h"

namespace claviger::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SettingsTest : public ::testing::Test {
 protected:
  // The configuration that `claviger serve ARGUMENTS` runs with, with `file` as its configuration file.
  server::StartResult<server::Config> Read(std::vector<std::string> arguments, const std::string& file = "") {
    if (!file.empty()) {
      const std::string path = folder_.path() / "claviger.toml";
      std::ofstream(path) << file;
      arguments.push_back("--config=" + path);
    }
    CLI::App app;
    Settings settings;
    AddInstallationOptions(app, settings);
    AddServeOptions(app, settings);
    std::ranges::reverse(arguments);  // As CLI11 takes them.
    app.parse(arguments);
    return Finish(app, settings);
  }

  testing::TemporaryDirectory folder_;
};

TEST_F(SettingsTest, DefaultsAreANewcomers) {
  const auto config = Read({});
  ASSERT_TRUE(config.ok());
  EXPECT_THAT(config->listen, ElementsAre("127.0.0.1:4566"));
  EXPECT_EQ(config->data, "data");
  EXPECT_FALSE(config->memory);
  EXPECT_TRUE(config->accounts.empty());
}

TEST_F(SettingsTest, FlagsComeBeforeTheEnvironmentAndThatBeforeTheFile) {
  const std::string file = "data = 'file'\nthreads = 3\naccess_log = 'file.log'\nmemory = true\n";
  ASSERT_EQ(setenv("CLAVIGER_DATA", "environment", 1), 0);
  ASSERT_EQ(setenv("CLAVIGER_THREADS", "2", 1), 0);
  const auto config = Read({"--data=flag"}, file);
  ASSERT_EQ(unsetenv("CLAVIGER_DATA"), 0);
  ASSERT_EQ(unsetenv("CLAVIGER_THREADS"), 0);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->data, "flag");
  EXPECT_EQ(config->threads, 2);
  EXPECT_EQ(config->access_log, "file.log");
  EXPECT_TRUE(config->memory);
}

TEST_F(SettingsTest, TheFileListsAddressesAndAccounts) {
  const auto config = Read({"--account-id=000000000001"}, R"(
listen = ["127.0.0.1:1", "127.0.0.1:2"]
[[accounts]]
id = "123456789012"
root_access_key_id = "AKIAIOSFODNN7EXAMPLE"
root_secret_access_key = "secret"
[[accounts]]
id = "210987654321"
)");
  ASSERT_TRUE(config.ok()) << config.error();
  EXPECT_THAT(config->listen, ElementsAre("127.0.0.1:1", "127.0.0.1:2"));
  ASSERT_EQ(config->accounts.size(), 3);
  EXPECT_EQ(config->accounts[0].account_id, "000000000001");
  EXPECT_EQ(config->accounts[1].root_secret_access_key.Reveal(), "secret");
  EXPECT_EQ(config->accounts[2].account_id, "210987654321");
}

TEST_F(SettingsTest, SaysWhatIsWrongWithTheFile) {
  EXPECT_THAT(Read({}, "datta = 'x'").error(), HasSubstr("no setting `datta`"));
  EXPECT_THAT(Read({}, "config = 'x'").error(), HasSubstr("no setting `config`"));
  EXPECT_THAT(Read({}, "threads = 'many'").error(), HasSubstr("threads"));
  EXPECT_THAT(Read({}, "data = 1979-05-27").error(), HasSubstr("`data`"));
  EXPECT_THAT(Read({}, "data = ").error(), HasSubstr("claviger.toml"));
  EXPECT_THAT(Read({}, "[[accounts]]\nname = 'x'\n").error(), HasSubstr("no setting `name`"));
  EXPECT_THAT(Read({}, "[[accounts]]\nroot_access_key_id = 'x'\n").error(), HasSubstr("needs its `id`"));
  EXPECT_THAT(Read({}, "accounts = 1").error(), HasSubstr("[[accounts]]"));
}

TEST_F(SettingsTest, QuotasAreFlagsAndATableOfTheFile) {
  const auto config = Read({"--groups-per-user=20"}, "[quotas]\nusers_per_account = 7\ngroups_per_user = 8\n");
  ASSERT_TRUE(config.ok()) << config.error();
  EXPECT_EQ(config->quotas.users_per_account, 7);
  EXPECT_EQ(config->quotas.groups_per_user, 20);
  EXPECT_EQ(config->quotas.roles_per_account, 1000);
  EXPECT_THAT(Read({}, "[quotas]\nthreads = 1\n").error(), HasSubstr("no quota `threads`"));
  EXPECT_THAT(Read({}, "[quotas]\nusers_per_account = -1\n").error(), HasSubstr("users-per-account"));
  EXPECT_THAT(Read({}, "quotas = 1").error(), HasSubstr("[quotas]"));
}

TEST_F(SettingsTest, EveryQuotaHasAName) {
  std::vector<std::string> arguments;
  std::uint64_t value = 100;
  for (const auto& quota : directory::AllQuotas()) {
    arguments.push_back("--" + std::string(quota.name) + "=" + std::to_string(value++));
  }
  const auto config = Read(arguments);
  ASSERT_TRUE(config.ok()) << config.error();
  value = 100;
  for (const auto& quota : directory::AllQuotas()) EXPECT_EQ(config->quotas.*quota.member, value++) << quota.name;
}

TEST_F(SettingsTest, ACertificateNeedsItsKey) {
  EXPECT_THAT(Read({"--tls-cert=a.pem"}).error(), HasSubstr("together"));
  EXPECT_TRUE(Read({"--tls-cert=a.pem", "--tls-key=b.pem"}).ok());
}

TEST_F(SettingsTest, OtherCommandsShareTheFile) {
  const std::string path = folder_.path() / "claviger.toml";
  std::ofstream(path) << "data = 'file'\nlisten = '127.0.0.1:1'\nmanaged_policies = 'all.json'\n";
  CLI::App app;
  Settings settings;
  AddInstallationOptions(app, settings);
  app.parse(std::vector<std::string>{"--config=" + path});
  const auto config = Finish(app, settings);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->data, "file");
  EXPECT_EQ(Read({}, "managed_policies = 'all.json'")->managed_policies, "all.json");
}

TEST_F(SettingsTest, KnowHowOldKeysMayBecome) {
  const auto none = Read({});
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->key_age, directory::KeyAgeRule());
  const auto config = Read({"--key-max-age=90d"}, "key_max_age_action = 'deactivate'\nkey_max_age_root = true\n");
  ASSERT_TRUE(config.ok()) << config.error();
  EXPECT_EQ(config->key_age, (directory::KeyAgeRule{.max = std::chrono::days(90),
                                                    .action = directory::KeyAgeAction::kDeactivate,
                                                    .warn_before = std::chrono::days(14),
                                                    .root = true}));
  EXPECT_FALSE(Read({}, "key_max_age = 'soon'\n").ok());
  EXPECT_FALSE(Read({}, "key_max_age = 'default'\n").ok());
  EXPECT_FALSE(Read({}, "key_max_age_action = 'delete'\n").ok());
  EXPECT_EQ(Read({"--key-max-age=none"}, "key_max_age = '90d'\n")->key_age.max, std::chrono::seconds(0));
}

}  // namespace
}  // namespace claviger::cli

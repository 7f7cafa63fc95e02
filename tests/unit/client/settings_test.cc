#include "client/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "suites/temporary_directory.h"

namespace claviger::client {
namespace {

using ::testing::HasSubstr;

class ResolveTest : public ::testing::Test {
 protected:
  ClientResult<Settings> Resolved(const Overrides& overrides = {}) {
    return Resolve(overrides, [this](const char* name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    });
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
    variables_[name == "config" ? "AWS_CONFIG_FILE" : "AWS_SHARED_CREDENTIALS_FILE"] = folder_.path() / name;
  }

  testing::TemporaryDirectory folder_;
  std::map<std::string, std::string> variables_ = {{"AWS_ACCESS_KEY_ID", "AKIAVARIABLE"},
                                                   {"AWS_SECRET_ACCESS_KEY", "secret"},
                                                   {"AWS_ENDPOINT_URL", "http://localhost:8080/"}};
};

TEST_F(ResolveTest, TakesTheEnvironment) {
  const auto settings = Resolved();
  ASSERT_TRUE(settings.ok()) << settings.error();
  EXPECT_EQ(settings->credentials.access_key_id, "AKIAVARIABLE");
  EXPECT_EQ(settings->credentials.secret_access_key.Reveal(), "secret");
  EXPECT_FALSE(settings->credentials.session_token);
  EXPECT_EQ(settings->endpoint_url, "http://localhost:8080");
  EXPECT_EQ(settings->region, "us-east-1");
}

TEST_F(ResolveTest, TakesTheProfileThatAnOptionNames) {
  Write("credentials",
        "[default]\naws_access_key_id = AKIADEFAULT\n[ops]\naws_access_key_id=AKIAOPS\n"
        "aws_secret_access_key = s=1\naws_session_token = t\n");
  Write("config", "[profile ops]\nregion = eu-west-1\nendpoint_url = https://iam.example\n");
  variables_.erase("AWS_ENDPOINT_URL");
  const auto settings = Resolved({.profile = "ops"});
  ASSERT_TRUE(settings.ok()) << settings.error();
  EXPECT_EQ(settings->credentials.access_key_id, "AKIAOPS");
  EXPECT_EQ(settings->credentials.secret_access_key.Reveal(), "s=1");
  EXPECT_EQ(settings->credentials.session_token, "t");
  EXPECT_EQ(settings->endpoint_url, "https://iam.example");
  EXPECT_EQ(settings->region, "eu-west-1");
}

TEST_F(ResolveTest, PrefersOptions) {
  const auto settings = Resolved({.endpoint_url = "https://other", .region = "eu-north-1"});
  ASSERT_TRUE(settings.ok()) << settings.error();
  EXPECT_EQ(settings->endpoint_url, "https://other");
  EXPECT_EQ(settings->region, "eu-north-1");
}

TEST_F(ResolveTest, SaysWhatIsMissing) {
  EXPECT_THAT(Resolved({.endpoint_url = "ftp://x"}).error(), HasSubstr("no endpoint"));
  variables_.erase("AWS_ENDPOINT_URL");
  EXPECT_THAT(Resolved().error(), HasSubstr("AWS_ENDPOINT_URL"));
  variables_.erase("AWS_SECRET_ACCESS_KEY");
  EXPECT_THAT(Resolved().error(), HasSubstr("no credentials"));
}

TEST(ReadProfile, PassesOverWhatIsNotItsOwn) {
  const auto profile =
      ReadProfile("stray = 1\n[a]\n# c\n; c\nX = 1 \nnested =\n  inner = 2\r\nword\n[b]\nx = 3\n", "a");
  EXPECT_EQ(profile, (std::map<std::string, std::string>{{"x", "1"}, {"nested", ""}}));
}

}  // namespace
}  // namespace claviger::client

#include "server/master_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "suites/temporary_directory.h"

namespace claviger::server {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

class MasterKeyTest : public ::testing::Test {
 protected:
  StartResult<crypto::Secret> Load(MasterKeySource source = {}) {
    source.data = folder_.path();
    return LoadMasterKey(source, random_);
  }
  std::filesystem::path Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream(path) << text;
    return path;
  }

  testing::TemporaryDirectory folder_;
  SeededRandom random_{1};
};

TEST_F(MasterKeyTest, IsMadeOnceAndReadByItsOwnerOnly) {
  const auto made = Load({.first_start = true});
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->size(), 32);
  struct stat status {};
  ASSERT_EQ(stat((folder_.path() / "master.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(*Load(), *made);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);  // Nothing is left beside it.
}

TEST_F(MasterKeyTest, IsNotMadeForAStoreThatWasSealedUnderALostOne) {
  EXPECT_FALSE(Load({.first_start = false}).ok());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "master.key"));
}

TEST_F(MasterKeyTest, IsReadFromTheFileThatIsNamed) {
  const auto key = Load({.file = Write("elsewhere", std::string(kHex) + "\n")});
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->Reveal().substr(0, 3), std::string("\x00\x01\x02", 3));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "master.key"));
}

TEST_F(MasterKeyTest, IsReadFromTheCommandBeforeTheFile) {
  const auto key = Load({.file = Write("elsewhere", "nonsense"), .command = std::string("echo ") + kHex});
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->size(), 32);
}

TEST_F(MasterKeyTest, ComesFromTheEnvironmentFirst) {
  ASSERT_EQ(setenv("CLAVIGER_MASTER_KEY", kHex, 1), 0);
  const auto key = Load({.command = "false"});
  ASSERT_EQ(unsetenv("CLAVIGER_MASTER_KEY"), 0);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->size(), 32);
}

TEST_F(MasterKeyTest, SaysWhatIsWrongAndNeverShowsTheText) {
  for (const char* text : {"", "secretish", "000102"}) {
    const auto key = Load({.file = Write("bad", text)});
    ASSERT_FALSE(key.ok()) << text;
    EXPECT_THAT(key.error(), HasSubstr("64 hex digits"));
    EXPECT_THAT(key.error(), ::testing::Not(HasSubstr("secretish")));
  }
  EXPECT_THAT(Load({.file = folder_.path() / "absent"}).error(), HasSubstr("cannot read"));
  EXPECT_THAT(Load({.command = "exit 3"}).error(), HasSubstr("command failed"));
}

}  // namespace
}  // namespace claviger::server

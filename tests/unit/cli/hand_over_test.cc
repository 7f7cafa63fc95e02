#include "cli/hand_over.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "suites/temporary_directory.h"

namespace claviger::cli {
namespace {

using ::testing::HasSubstr;

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class HandOverTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) { return (folder_.path() / name).string(); }

  testing::TemporaryDirectory folder_;
  const NewKey key_{.user = "bob", .access_key_id = "AKIANEW", .secret_access_key = crypto::Secret("a/b+c")};
};

TEST_F(HandOverTest, WritesAFileForItsOwnerOnly) {
  const std::string path = Path("credentials");
  std::ofstream(path) << "of old";
  chmod(path.c_str(), 0644);
  ASSERT_TRUE(HandOver("file:" + path, key_).ok());
  EXPECT_EQ(ReadText(path), "[default]\naws_access_key_id = AKIANEW\naws_secret_access_key = a/b+c\n");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
}

TEST_F(HandOverTest, GivesACommandTheSecretOnItsStandardInput) {
  const std::string path = Path("out");
  ASSERT_TRUE(HandOver("command:{ echo $CLAVIGER_USER_NAME $CLAVIGER_ACCESS_KEY_ID; cat; } > " + path, key_).ok());
  EXPECT_EQ(ReadText(path), "bob AKIANEW\na/b+c\n");
}

TEST_F(HandOverTest, SaysWhyItDidNotArrive) {
  EXPECT_EQ(HandOver("command:exit 3", key_).error(), "the command failed with exit code 3");
  EXPECT_THAT(HandOver("file:" + Path("no/folder"), key_).error(), HasSubstr("No such file or directory"));
}

TEST(IsDestination, KnowsThree) {
  for (const char* to : {"stdout", "file:x", "command:true"}) EXPECT_TRUE(IsDestination(to)) << to;
  for (const char* to : {"", "file:", "command:", "stderr", "File:x"}) EXPECT_FALSE(IsDestination(to)) << to;
}

}  // namespace
}  // namespace claviger::cli

#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>

#include "suites/temporary_directory.h"

namespace claviger {
namespace {

TEST(WriteAll, WritesBehindWhatWasWritten) {
  const testing::TemporaryDirectory folder;
  const std::filesystem::path path = folder.path() / "file";
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  ASSERT_GE(fd, 0);
  const std::string large(1 << 20, 'x');
  EXPECT_TRUE(WriteAll(fd, "begin "));
  EXPECT_TRUE(WriteAll(fd, ""));
  EXPECT_TRUE(WriteAll(fd, large));
  close(fd);
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "begin " + large);
}

TEST(WriteAll, SaysWhatIsWrong) {
  const int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  EXPECT_FALSE(WriteAll(fd, "text"));
  EXPECT_EQ(errno, ENOSPC);
  close(fd);
}

TEST(ReadWholeFile, ReadsNoMoreThanItMay) {
  const testing::TemporaryDirectory folder;
  const std::filesystem::path path = folder.path() / "file";
  std::ofstream(path, std::ios::binary) << "four";
  EXPECT_EQ(ReadWholeFile(path, 4), "four");
  EXPECT_EQ(ReadWholeFile(path, 3), std::nullopt);
  EXPECT_EQ(ReadWholeFile(folder.path() / "missing", 4), std::nullopt);
}

TEST(SyncFolder, TakesFoldersOnly) {
  const testing::TemporaryDirectory folder;
  EXPECT_TRUE(SyncFolder(folder.path()));
  EXPECT_FALSE(SyncFolder(folder.path() / "missing"));
  EXPECT_EQ(errno, ENOENT);
}

}  // namespace
}  // namespace claviger

#include "server/access_log_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "suites/temporary_directory.h"

namespace claviger::server {
namespace {

using ::testing::HasSubstr;

class AccessLogFileTest : public ::testing::Test {
 protected:
  AccessLogOptions Options() {
    return {.queue_bytes_max = 1 << 20, .patience = std::chrono::milliseconds(0), .log = [this](std::string_view line) {
              const std::lock_guard lock(mutex_);
              log_.append(line).push_back('\n');
            }};
  }
  std::string Log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  std::filesystem::path Path(const char* name) const { return folder_.path() / name; }
  static std::string Line() {
    std::string line(1024, 'x');
    line.back() = '\n';
    return line;
  }
  static std::string Content(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  testing::TemporaryDirectory folder_;
  std::mutex mutex_;
  std::string log_;
};

// A pipe, the reader's end of which is the test's.
struct Pipe {
  Pipe() { EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0); }
  ~Pipe() { close(ends[0]); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // Takes all that is there, and waits for something to be.
  std::string Read() const {
    std::string bytes(1 << 20, '\0');
    bytes.resize(static_cast<std::size_t>(read(ends[0], bytes.data(), bytes.size())));
    return bytes;
  }

  std::array<int, 2> ends{};
};

TEST_F(AccessLogFileTest, AppendsToItsFile) {
  for (const char* line : {"one\n", "two\n"}) {
    auto file = AccessLogFile::Open(Path("access.log"), Options());
    ASSERT_TRUE(file.ok());
    (*file)->Write(line);
  }
  EXPECT_EQ(Content(Path("access.log")), "one\ntwo\n");
}

TEST_F(AccessLogFileTest, IsNoneWhenItIsOff) {
  const auto file = AccessLogFile::Open("off", Options());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file, nullptr);
}

TEST_F(AccessLogFileTest, SaysWhyItCannotBeOpened) {
  const auto file = AccessLogFile::Open("/proc/none/access.log", Options());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error(), "cannot open the access log /proc/none/access.log: No such file or directory");
}

TEST_F(AccessLogFileTest, BeginsANewFileWhenTheOldOneWasMovedAway) {
  {
    const auto file = AccessLogFile::Open(Path("access.log"), Options());
    ASSERT_TRUE(file.ok());
    (*file)->Write("one\n");
    while (Content(Path("access.log")).empty()) std::this_thread::yield();
    std::filesystem::rename(Path("access.log"), Path("access.log.1"));
    (*file)->Reopen();
    (*file)->Write("two\n");
  }
  EXPECT_EQ(Content(Path("access.log.1")), "one\n");
  EXPECT_EQ(Content(Path("access.log")), "two\n");
  EXPECT_EQ(Log(), "the access log was opened again\n");
}

TEST_F(AccessLogFileTest, StaysWhereItWasWhenTheNewOneCannotBeOpened) {
  std::filesystem::create_directory(Path("folder"));
  {
    const auto file = AccessLogFile::Open(Path("folder/access.log"), Options());
    ASSERT_TRUE(file.ok());
    std::filesystem::rename(Path("folder"), Path("moved"));
    (*file)->Reopen();
    (*file)->Write("one\n");
  }
  EXPECT_EQ(Content(Path("moved/access.log")), "one\n");
  EXPECT_THAT(Log(), HasSubstr("the access log stays where it was: cannot open "));
}

TEST_F(AccessLogFileTest, DropsAndCountsLinesThatNobodyReadsAndTellsOfThemLater) {
  const Pipe pipe;
  AccessLogFile file("", pipe.ends[1], Options());
  const std::string lines = Line();
  for (int i = 0; i < 4096; ++i) file.Write(lines);  // 4 MiB. Nobody reads, and this does not wait.
  const std::uint64_t dropped = file.dropped();
  EXPECT_GE(dropped, 4096U - 1024 - 128);
  EXPECT_LT(dropped, 4096U - 1023);
  EXPECT_EQ(Log(), "");

  std::size_t read = 0;
  while (read < (4096 - dropped) * lines.size()) read += pipe.Read().size();
  file.Write("the last\n");
  EXPECT_EQ(pipe.Read(), "the last\n");
  while (Log().empty()) std::this_thread::yield();
  EXPECT_EQ(Log(), "the access log is written again; " + std::to_string(dropped) + " of its lines were dropped\n");
  EXPECT_EQ(file.dropped(), dropped);
  EXPECT_THAT(WriteAccessLogMetrics(file),
              HasSubstr("\nclaviger_access_log_dropped_total " + std::to_string(dropped) + "\n"));
}

TEST_F(AccessLogFileTest, EndsAlthoughNobodyReads) {
  const Pipe pipe;
  {
    AccessLogFile file("", pipe.ends[1], Options());
    for (int i = 0; i < 512; ++i) file.Write(Line());
  }
  EXPECT_THAT(Log(), HasSubstr("the access log ends; "));
}

TEST_F(AccessLogFileTest, SaysOnceThatItCannotBeWritten) {
  auto pipe = std::make_unique<Pipe>();
  const int writer = pipe->ends[1];
  pipe.reset();  // Its reader is gone.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  {
    AccessLogFile file("", writer, Options());
    file.Write("one\n");
    file.Write("two\n");
  }
  static_cast<void>(std::signal(SIGPIPE, before));
  EXPECT_EQ(Log(), "the access log cannot be written: Broken pipe\nthe access log ends; 2 of its lines were dropped\n");
}

}  // namespace
}  // namespace claviger::server

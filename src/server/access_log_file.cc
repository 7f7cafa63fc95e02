#include "server/access_log_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>
#include <utility>

#include "service/plain_metrics.h"

namespace claviger::server {
namespace {

constexpr mode_t kFileMode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;  // Less the umask.
constexpr int kPollMillis = 50;                                      // Between two looks whether the end has come.

int OpenFile(const std::string& path) {
  return open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, kFileMode);
}

std::string LastError() { return std::generic_category().message(errno); }

bool IsRegular(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

StartResult<std::unique_ptr<AccessLogFile>> AccessLogFile::Open(const std::string& target, AccessLogOptions options) {
  if (target == "off") return std::unique_ptr<AccessLogFile>();
  const bool named = target != "-";
  std::error_code error;
  if (named) std::filesystem::create_directories(std::filesystem::path(target).parent_path(), error);
  const int fd = named ? OpenFile(target) : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return Failure<StartError>{"cannot open the access log " + target + ": " + LastError()};
  return std::make_unique<AccessLogFile>(named ? target : std::string(), fd, std::move(options));
}

AccessLogFile::AccessLogFile(std::string path, int fd, AccessLogOptions options)
    : path_(std::move(path)), options_(std::move(options)), fd_(fd), regular_(IsRegular(fd)), thread_([this] {
        Run();
      }) {}

AccessLogFile::~AccessLogFile() {
  {
    const std::lock_guard lock(mutex_);
    give_up_ = std::chrono::steady_clock::now() + options_.patience;
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  close(fd_);
}

void AccessLogFile::Write(std::string lines) {
  const std::lock_guard lock(mutex_);
  if (bytes_ + lines.size() > options_.queue_bytes_max) return Drop(lines);
  bytes_ += lines.size();
  queue_.push_back(std::move(lines));
  wake_.notify_one();
}

void AccessLogFile::Reopen() {
  const std::lock_guard lock(mutex_);
  reopen_ = !path_.empty();
  wake_.notify_one();
}

void AccessLogFile::Run() {
  for (;;) {
    std::string lines;
    bool reopen = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || reopen_ || !queue_.empty(); });
      reopen = std::exchange(reopen_, false);
      if (queue_.empty() && !reopen) break;
      if (!queue_.empty()) {
        lines = std::move(queue_.front());
        queue_.pop_front();
      }
    }
    if (reopen) OpenAgain();
    WriteOut(lines);
    bool caught_up = false;
    {
      const std::lock_guard lock(mutex_);
      bytes_ -= lines.size();
      caught_up = queue_.empty();
    }
    if (caught_up && !failing_) TellDropped("is written again");
  }
  TellDropped("ends");
}

void AccessLogFile::OpenAgain() {
  const int fd = OpenFile(path_);
  if (fd < 0) return options_.log("the access log stays where it was: cannot open " + path_ + ": " + LastError());
  close(std::exchange(fd_, fd));
  regular_ = IsRegular(fd);
  torn_ = false;
  options_.log("the access log was opened again");
}

// Whether a little may be written without waiting; false when the end has come before.
bool AccessLogFile::IsReady() {
  while (!regular_) {
    const bool over = stopping_ && std::chrono::steady_clock::now() >= give_up_;
    pollfd wanted{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (poll(&wanted, 1, over ? 0 : kPollMillis) > 0) break;
    if (over) return false;
  }
  return true;
}

void AccessLogFile::WriteOut(std::string_view lines) {
  const std::string mended = torn_ ? "\n" : "";
  std::string_view before = mended;
  while (!lines.empty()) {
    if (!IsReady()) {
      failing_ = true;
      return Drop(lines);
    }
    std::string_view& rest = before.empty() ? lines : before;
    // So much a pipe takes at once when it takes anything.
    const ssize_t wrote =
        write(fd_, rest.data(), regular_ ? rest.size() : std::min<std::size_t>(rest.size(), PIPE_BUF));
    if (wrote < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (wrote <= 0) {
      if (!std::exchange(failing_, true)) options_.log("the access log cannot be written: " + LastError());
      return Drop(lines);
    }
    torn_ = rest[static_cast<std::size_t>(wrote) - 1] != '\n';
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  failing_ = false;
}

void AccessLogFile::TellDropped(const std::string& what) {
  const std::uint64_t dropped = dropped_.load();
  if (dropped == told_) return;
  options_.log("the access log " + what + "; " + std::to_string(dropped - told_) + " of its lines were dropped");
  told_ = dropped;
}

void AccessLogFile::Drop(std::string_view lines) {
  dropped_.fetch_add(static_cast<std::uint64_t>(std::ranges::count(lines, '\n')));
}

std::string WriteAccessLogMetrics(const AccessLogFile& file) {
  return service::WritePlainMetrics(std::array{service::PlainMetric{
      "claviger_access_log_dropped_total", "counter", "Lines of the access log that found no room.", file.dropped()}});
}

}  // namespace claviger::server

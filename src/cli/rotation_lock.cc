#include "cli/rotation_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace claviger::cli {
namespace {

using client::ClientError;
using client::ClientResult;

// What the holder has written: its process id.
std::string HolderOf(int fd) {
  std::array<char, 16> text{};
  const ssize_t size = pread(fd, text.data(), text.size(), 0);
  std::string holder(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  std::erase_if(holder, [](char c) { return c < '0' || c > '9'; });
  return holder;
}

}  // namespace

ClientResult<RotationLock> RotationLock::Take(const std::string& state_file) {
  const std::string path = state_file + ".lock";
  RotationLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (lock.fd_ < 0) return Failure<ClientError>{path + ": " + std::generic_category().message(errno)};
  if (flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failure<ClientError>{path + ": " + std::generic_category().message(errno)};
    const std::string holder = HolderOf(lock.fd_);
    return Failure<ClientError>{"another run is at this rotation" +
                                (holder.empty() ? std::string() : ": process " + holder) + " (state file " +
                                state_file + "); wait for its end, or stop it"};
  }
  const std::string mine = std::to_string(getpid()) + "\n";
  if (ftruncate(lock.fd_, 0) != 0 || pwrite(lock.fd_, mine.data(), mine.size(), 0) < 0) {
    return Failure<ClientError>{path + ": " + std::generic_category().message(errno)};
  }
  return lock;
}

RotationLock::RotationLock(RotationLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

RotationLock::~RotationLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace claviger::cli

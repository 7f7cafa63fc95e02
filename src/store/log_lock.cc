#include "store/log_lock.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>

namespace claviger::store {
namespace {

constexpr std::size_t kSharedBytes = 4096;

// Bytes of the file that stand for something when they are locked.
constexpr off_t kTurnByte = 0;      // Exclusively, by whoever may write.
constexpr off_t kPresenceByte = 1;  // Shared, by every process that has the store open.

// Locks that belong to what open() returned, not to the process: closing other files does not drop them.
int Lock(int fd, int command, short type, off_t byte) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  while (fcntl(fd, command, &lock) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

StoreResult<LogLock> LogLock::Open(const std::filesystem::path& directory) {
  File file = TRY(File::Open(directory / "log.lock", O_RDWR | O_CREAT));
  if (const int code = Lock(file.fd(), F_OFD_SETLKW, F_WRLCK, kTurnByte); code != 0) {
    return Failure{SystemError(code, "locking the log")};
  }
  const Turn turn(file.fd());
  // Written, not only made long: memory that maps a hole is a trap when the disk is full.
  if (TRY(file.Size()) < kSharedBytes) TRY(file.Write(0, std::string(kSharedBytes, '\0')));
  void* memory = mmap(nullptr, kSharedBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd(), 0);
  if (memory == MAP_FAILED) return Failure{SystemError(errno, "mapping log.lock")};
  return LogLock(std::move(file), static_cast<Shared*>(memory));
}

LogLock::~LogLock() {
  if (shared_ != nullptr) munmap(shared_, kSharedBytes);
}

LogLock::Turn::~Turn() {
  if (fd_ >= 0) Lock(fd_, F_OFD_SETLK, F_UNLCK, kTurnByte);
}

StoreResult<LogLock::Turn> LogLock::TakeTurn() const {
  if (const int code = Lock(file_.fd(), F_OFD_SETLKW, F_WRLCK, kTurnByte); code != 0) {
    return Failure{SystemError(code, "locking the log")};
  }
  return Turn(file_.fd());
}

StoreResult<> LogLock::Enter() const {
  if (const int code = Lock(file_.fd(), F_OFD_SETLK, F_RDLCK, kPresenceByte); code != 0) {
    return Failure{SystemError(code, "locking the log")};
  }
  return {};
}

StoreResult<bool> LogLock::Alone() const {
  const int code = Lock(file_.fd(), F_OFD_SETLK, F_WRLCK, kPresenceByte);
  if (code == EAGAIN || code == EACCES) return false;
  if (code != 0) return Failure{SystemError(code, "locking the log")};
  return true;
}

}  // namespace claviger::store

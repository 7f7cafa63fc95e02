#include "store/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/file.h"

namespace claviger::store {

StoreError SystemError(int code, std::string_view doing) {
  const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  return {full ? StoreError::Kind::kFull : StoreError::Kind::kUnavailable,
          std::string(doing) + ": " + std::generic_category().message(code)};
}

StoreResult<> SyncDirectory(const std::filesystem::path& directory) {
  if (!SyncFolder(directory)) return Failure{SystemError(errno, "syncing " + directory.string())};
  return {};
}

StoreResult<File> File::Open(const std::filesystem::path& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return Failure{SystemError(errno, "opening " + path.string())};
  return File(fd, path.string());
}

File::~File() {
  if (fd_ >= 0) close(fd_);
}

StoreError File::Failed(std::string_view doing) const {
  const int code = errno;
  return SystemError(code, std::string(doing) + " " + name_);
}

StoreResult<std::uint64_t> File::Size() const {
  struct stat found {};
  if (fstat(fd_, &found) != 0) return Failure{Failed("measuring")};
  return static_cast<std::uint64_t>(found.st_size);
}

StoreResult<std::string> File::Read(std::uint64_t offset, std::size_t bytes) const {
  std::string text(bytes, '\0');
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t count = pread(fd_, text.data() + done, bytes - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failure{Failed("reading")};
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  text.resize(done);
  return text;
}

StoreResult<> File::Write(std::uint64_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failure{Failed("writing")};
    offset += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

StoreResult<> File::Truncate(std::uint64_t size) const {
  if (ftruncate(fd_, static_cast<off_t>(size)) != 0) return Failure{Failed("cutting")};
  return {};
}

StoreResult<> File::Sync() const {
  if (fdatasync(fd_) != 0) return Failure{Failed("syncing")};
  return {};
}

}  // namespace claviger::store

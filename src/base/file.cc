#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace claviger {

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool SyncFolder(const std::filesystem::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // What may not be read cannot be synced: the kernel will write it in its own time.
  if (fd < 0) return errno == EACCES;
  // Some file systems cannot sync a folder, and say so: theirs need it not.
  const bool synced = fsync(fd) == 0 || errno == EINVAL;
  const int code = errno;
  close(fd);
  errno = code;
  return synced;
}

}  // namespace claviger

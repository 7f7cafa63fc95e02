#include "server/master_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/encoding.h"
#include "base/file.h"
#include "crypto/aead.h"

namespace claviger::server {
namespace {

constexpr const char* kEnvironmentName = "CLAVIGER_MASTER_KEY";
constexpr const char* kFileName = "master.key";
constexpr std::size_t kTextBytesMax = 4096;

Failure<StartError> SystemFailure(const std::string& what) {
  return {what + ": " + std::generic_category().message(errno)};
}

StartResult<crypto::Secret> ParseKey(std::string_view text, const std::string& from) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  const auto bytes = HexDecode(text);
  if (!bytes || bytes->size() != crypto::kAeadKeyBytes) {
    return Failure<StartError>{"the master key from " + from +
                               " is not 64 hex digits; make one with: openssl rand -hex 32"};
  }
  return crypto::Secret(*bytes);
}

// Reads all that a stream has, up to more than any key needs.
std::string ReadSome(std::FILE* stream) {
  std::array<char, kTextBytesMax> buffer;
  const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), stream);
  std::string text(buffer.data(), size);
  crypto::Wipe(buffer.data(), buffer.size());
  return text;
}

StartResult<crypto::Secret> FromCommand(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "re");  // NOLINT(cert-env33-c): the administrator's own command.
  if (pipe == nullptr) return SystemFailure("cannot run the master key command");
  crypto::Secret text(ReadSome(pipe));
  if (pclose(pipe) != 0) return Failure<StartError>{"the master key command failed: " + command};
  return ParseKey(text.Reveal(), "the command");
}

StartResult<crypto::Secret> FromFile(const std::filesystem::path& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return SystemFailure("cannot read the master key file " + path.string());
  const crypto::Secret text(ReadSome(file));
  static_cast<void>(std::fclose(file));
  return ParseKey(text.Reveal(), path.string());
}

// The key must be on disk before anything is sealed under it. Written aside and linked into place, so that a crash
// leaves no half a key, and of two processes that start at once both use the first one's.
StartResult<crypto::Secret> MakeFile(const std::filesystem::path& path, Random& random) {
  const crypto::Secret text(HexEncode(AsBytes(crypto::NewAeadKey(random).Reveal())) + "\n");

  const std::string aside = path.string() + "." + std::to_string(getpid()) + ".new";
  const int fd = open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return SystemFailure("cannot make the master key file " + path.string());
  const bool written = WriteAll(fd, text.Reveal()) && fsync(fd) == 0;
  close(fd);
  const bool placed = written && (link(aside.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int error = errno;
  unlink(aside.c_str());
  errno = error;
  if (!placed || !SyncFolder(path.parent_path()))
    return SystemFailure("cannot write the master key file " + path.string());
  return FromFile(path);
}

}  // namespace

StartResult<crypto::Secret> LoadMasterKey(const MasterKeySource& source, Random& random) {
  if (const char* text = std::getenv(kEnvironmentName)) {  // NOLINT(concurrency-mt-unsafe): before any thread starts.
    return ParseKey(text, std::string("the environment variable ") + kEnvironmentName);
  }
  if (!source.command.empty()) return FromCommand(source.command);
  if (!source.file.empty()) return FromFile(source.file);
  const std::filesystem::path path = source.data / kFileName;
  if (access(path.c_str(), F_OK) == 0) return FromFile(path);
  if (!source.first_start) {
    return Failure<StartError>{"there is no " + path.string() +
                               ", the master key that this store was sealed with: put it back, or name it with "
                               "--master-key-file, --master-key-command or " +
                               kEnvironmentName};
  }
  return MakeFile(path, random);
}

}  // namespace claviger::server

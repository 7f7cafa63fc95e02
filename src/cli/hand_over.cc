#include "cli/hand_over.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

using client::ClientError;
using client::ClientResult;

constexpr std::string_view kFile = "file:";
constexpr std::string_view kCommand = "command:";

Failure<ClientError> Failed(const std::string& what) {
  return {what + ": " + std::strerror(errno)};  // NOLINT(concurrency-mt-unsafe): commands have one thread.
}

ClientResult<> Print(const NewKey& key) {
  std::string text;
  codec::JsonWriter json(text);
  json.BeginObject();
  json.Key("AccessKeyId");
  json.String(key.access_key_id);
  json.Key("SecretAccessKey");
  json.String(key.secret_access_key.Reveal());
  json.EndObject();
  const crypto::Secret line(text + "\n");
  crypto::Wipe(text.data(), text.size());
  if (!WriteAll(STDOUT_FILENO, line.Reveal())) return Failed("standard output");
  return {};
}

ClientResult<> WriteCredentials(const std::string& path, const NewKey& key) {
  const crypto::Secret text("[default]\naws_access_key_id = " + key.access_key_id +
                            "\naws_secret_access_key = " + std::string(key.secret_access_key.Reveal()) + "\n");
  return ReplaceFile(path, text.Reveal());
}

ClientResult<> RunCommand(const std::string& command, const NewKey& key) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Failed("cannot make a pipe");
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[0], STDIN_FILENO);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): commands have one thread.
    if (setenv("CLAVIGER_USER_NAME", key.user.c_str(), 1) == 0 &&
        setenv("CLAVIGER_ACCESS_KEY_ID", key.access_key_id.c_str(), 1) == 0) {  // NOLINT(concurrency-mt-unsafe)
      execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    }
    _exit(127);
  }
  close(ends[0]);
  const auto before = std::signal(SIGPIPE, SIG_IGN);  // The command may not read.
  const crypto::Secret line(std::string(key.secret_access_key.Reveal()) + "\n");
  const bool sent = child > 0 && WriteAll(ends[1], line.Reveal());
  close(ends[1]);
  static_cast<void>(std::signal(SIGPIPE, before));
  if (child < 0) return Failed("cannot start a process");
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return Failed("the command");
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Failure<ClientError>{"the command failed" + (WIFEXITED(status)
                                                            ? " with exit code " + std::to_string(WEXITSTATUS(status))
                                                            : std::string())};
  }
  if (!sent) return Failure<ClientError>{"the command did not read the secret from its standard input"};
  return {};
}

}  // namespace

bool IsDestination(const std::string& to) {
  return to == "stdout" || (to.starts_with(kFile) && to.size() > kFile.size()) ||
         (to.starts_with(kCommand) && to.size() > kCommand.size());
}

ClientResult<> HandOver(const std::string& to, const NewKey& key) {
  if (to.starts_with(kFile)) return WriteCredentials(to.substr(kFile.size()), key);
  if (to.starts_with(kCommand)) return RunCommand(to.substr(kCommand.size()), key);
  return Print(key);
}

ClientResult<> ReplaceFile(const std::string& path, std::string_view text) {
  const std::string part = path + ".part";
  unlink(part.c_str());
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd < 0) return Failed(part);
  const bool written = WriteAll(fd, text) && fsync(fd) == 0;
  close(fd);
  if (!written || rename(part.c_str(), path.c_str()) != 0) {
    auto failure = Failed(path);
    unlink(part.c_str());
    return failure;
  }
  static_cast<void>(SyncFolder(std::filesystem::absolute(path).parent_path()));
  return {};
}

}  // namespace claviger::cli

// A forked child that runs one function: for tests of what several processes do to one another.
#pragma once

#include <sched.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace claviger::testing {

// Returns when every other thread of this process sleeps. A child inherits locked what another thread holds at the
// fork, be it the memory allocator's; who waits for work holds nothing.
inline void WaitForOtherThreadsToSleep() {
  const auto busy = [] {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
      if (task.path().filename() == std::to_string(gettid())) continue;
      std::string stat;
      std::getline(std::ifstream(task.path() / "stat"), stat);
      // The state follows the name, which is in parentheses and may hold some itself.
      const std::size_t name_end = stat.rfind(')');
      if (name_end != std::string::npos && stat.substr(name_end, 3) != ") S") return true;
    }
    return false;
  };
  while (busy()) sched_yield();
}

class ChildProcess {
 public:
  // The child's exit status tells whether `body` returned true.
  explicit ChildProcess(const std::function<bool()>& body) {
    WaitForOtherThreadsToSleep();
    pid_ = fork();
    if (pid_ < 0) std::abort();
    if (pid_ == 0) _exit(body() ? EXIT_SUCCESS : EXIT_FAILURE);  // Without the parent's exit handlers.
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() { Kill(); }

  // Returns whether the body returned true.
  bool Wait() {
    if (pid_ <= 0) return false;
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
  }
  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    Wait();
  }

 private:
  pid_t pid_ = 0;
};

// Carries plain values from a child to its parent.
class Pipe {
 public:
  Pipe() {
    if (pipe(ends_) != 0) std::abort();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    CloseWriter();
    close(ends_[0]);
  }

  // In the parent, so that Read ends when the child does.
  void CloseWriter() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  // Whole values or nothing, as they are far smaller than PIPE_BUF.
  template <class T>
  bool Write(const T& value) {
    return write(ends_[1], &value, sizeof value) == static_cast<ssize_t>(sizeof value);
  }
  // Returns false at the end.
  template <class T>
  bool Read(T& value) {
    return read(ends_[0], &value, sizeof value) == static_cast<ssize_t>(sizeof value);
  }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace claviger::testing

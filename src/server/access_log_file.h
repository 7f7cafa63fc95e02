// Where the access log goes: a file, or standard output.
//
// A thread of its own writes it: whoever reads it slowly, or not at all, keeps no request waiting. What finds no room
// in the queue is dropped and counted, and told of in the program's own log once lines are written again. Safe to use
// from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "server/master_key.h"

namespace claviger::server {

struct AccessLogOptions {
  std::size_t queue_bytes_max = 16 << 20;
  std::chrono::milliseconds patience{1000};                             // At the end, for a reader that stalls.
  std::function<void(std::string_view)> log = [](std::string_view) {};  // Rare trouble. Thread-safe.
};

class AccessLogFile {
 public:
  // `target`: a file, which is appended to, or "-" for standard output. Null for "off".
  static StartResult<std::unique_ptr<AccessLogFile>> Open(const std::string& target, AccessLogOptions options);

  // Takes the file over that is open; an empty `path` means that it has no name. Open is for everybody but tests.
  AccessLogFile(std::string path, int fd, AccessLogOptions options);
  // Writes what is left, as far as the reader's patience allows.
  ~AccessLogFile();
  AccessLogFile(const AccessLogFile&) = delete;
  AccessLogFile& operator=(const AccessLogFile&) = delete;

  // Takes whole lines. Never waits.
  void Write(std::string lines);
  // Begins a file of the same name, when somebody has moved the old one away. Does nothing to standard output.
  void Reopen();

  // Lines that found no room.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(); }

 private:
  void Run();
  void OpenAgain();
  void WriteOut(std::string_view lines);
  [[nodiscard]] bool IsReady();
  void Drop(std::string_view lines);
  void TellDropped(const std::string& what);

  const std::string path_;
  const AccessLogOptions options_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> queue_;  // Guarded by mutex_, like the next.
  std::size_t bytes_ = 0;          // Of the queue, and of what is being written.
  bool reopen_ = false;
  std::atomic<bool> stopping_{false};

  // Of the writer's thread alone.
  int fd_;
  bool regular_ = false;    // A file, which never keeps a writer waiting for its reader.
  bool torn_ = false;       // The last line is not whole.
  bool failing_ = false;    // The last lines could not be written.
  std::uint64_t told_ = 0;  // Of the dropped lines.
  std::chrono::steady_clock::time_point give_up_;

  std::atomic<std::uint64_t> dropped_{0};

  std::thread thread_;  // Last: it uses all of the above.
};

// Counters in Prometheus's text form.
std::string WriteAccessLogMetrics(const AccessLogFile& file);

}  // namespace claviger::server

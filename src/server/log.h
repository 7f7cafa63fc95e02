// What the program says of itself, and where its access log goes. Safe to use from any thread once made.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/master_key.h"

namespace claviger::server {

// Sends the program's own messages to standard error from `level` on: "debug", "info", "warning" or "error".
void StartLogging(const std::string& level);

void LogInfo(std::string_view message);
void LogWarning(std::string_view message);
void LogError(std::string_view message);

// Takes whole lines of the access log.
class AccessLogFile {
 public:
  virtual ~AccessLogFile() = default;
  virtual void Write(std::string_view lines) = 0;
};

// `target`: a file, which is appended to, or "-" for standard output. Null for "off".
StartResult<std::unique_ptr<AccessLogFile>> OpenAccessLog(const std::string& target);

}  // namespace claviger::server

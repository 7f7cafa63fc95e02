// What the program says of itself. Safe to use from any thread once it has begun.
#pragma once

#include <string>
#include <string_view>

namespace claviger::server {

// Sends the program's own messages to standard error from `level` on: "debug", "info", "warning" or "error".
void StartLogging(const std::string& level);

void LogInfo(std::string_view message);
void LogWarning(std::string_view message);
void LogError(std::string_view message);

}  // namespace claviger::server

#include "server/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace claviger::server {
namespace {

constexpr std::chrono::seconds kFlushEvery{1};

}  // namespace

void StartLogging(const std::string& level) {
  auto logger = spdlog::stderr_logger_mt("claviger");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
  spdlog::flush_every(kFlushEvery);
}

void LogInfo(std::string_view message) { spdlog::info("{}", message); }
void LogWarning(std::string_view message) { spdlog::warn("{}", message); }
void LogError(std::string_view message) { spdlog::error("{}", message); }

}  // namespace claviger::server

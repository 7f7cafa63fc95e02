#include "server/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <utility>

namespace claviger::server {
namespace {

constexpr std::chrono::seconds kFlushEvery{1};

class SpdlogFile final : public AccessLogFile {
 public:
  explicit SpdlogFile(spdlog::sink_ptr sink) : logger_("access", std::move(sink)) { logger_.set_pattern("%v"); }

  // The logger ends each message with a line break of its own, so the last line goes without.
  void Write(std::string_view lines) override {
    if (lines.ends_with('\n')) lines.remove_suffix(1);
    logger_.info("{}", lines);
    logger_.flush();
  }

 private:
  spdlog::logger logger_;
};

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

StartResult<std::unique_ptr<AccessLogFile>> OpenAccessLog(const std::string& target) {
  if (target == "off") return std::unique_ptr<AccessLogFile>();
  try {
    spdlog::sink_ptr sink;
    if (target == "-") {
      sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(target);
    }
    return std::unique_ptr<AccessLogFile>(std::make_unique<SpdlogFile>(std::move(sink)));
  } catch (const std::exception& error) {
    return Failure<StartError>{std::string("cannot open the access log: ") + error.what()};
  }
}

}  // namespace claviger::server

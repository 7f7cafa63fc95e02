#include "service/access_log.h"

#include <utility>

#include "base/time_text.h"
#include "codec/json_writer.h"

namespace claviger::service {
namespace {

// A client chooses these texts, so it must not choose how much of the log they fill.
constexpr std::size_t kTextBytesMax = 256;

void AddText(codec::JsonWriter& line, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  line.Key(name);
  line.String(text.substr(0, kTextBytesMax));
}

}  // namespace

void AccessLog::Add(const Answered& answered) {
  if (!enabled_) return;
  codec::JsonWriter line(lines_);
  line.BeginObject();
  AddText(line, "time", FormatIso8601Millis(answered.time));
  AddText(line, "request_id", answered.request_id);
  if (answered.operation != nullptr) {
    AddText(line, "service", answered.operation->service->name);
    AddText(line, "operation", answered.operation->name);
  }
  AddText(line, "principal", answered.principal_arn);
  AddText(line, "access_key_id", answered.access_key_id);
  line.Key("status");
  line.Integer(answered.status);
  AddText(line, "error", answered.error_code);
  line.Key("micros");
  line.Integer(answered.took.count());
  AddText(line, "source_ip", answered.source_ip);
  AddText(line, "user_agent", answered.user_agent);
  if (!answered.authorization_message.empty()) {  // Whole: cut, it could not be decoded.
    line.Key("authorization_message");
    line.String(answered.authorization_message);
  }
  line.EndObject();
  lines_.push_back('\n');
}

std::string AccessLog::Take() { return std::exchange(lines_, {}); }

}  // namespace claviger::service

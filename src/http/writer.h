// Writes responses as HTTP/1.1 bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace claviger::http {

// What the sender knows about an answer and its author does not.
struct Delivery {
  std::string_view date;      // As FormatHttpDate writes it.
  bool head_request = false;  // The body's length is told, the body is not sent.
  int minor_version = 1;      // The client's.
  bool keep_alive = true;
};

// Appends head and body to `out`, ready to be sent at once. A control character in a header of `response` becomes a
// space, so that no value can end its line. A 1xx, 204 or 304 answer has no body, whatever `response` says.
void AppendResponse(const Response& response, const Delivery& delivery, std::string& out);

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// The Date header's value, written anew once a second. Not thread-safe.
class DateText {
 public:
  std::string_view At(TimePoint now);

 private:
  std::chrono::sys_seconds second_{};
  std::string text_;
};

}  // namespace claviger::http

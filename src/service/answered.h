// What is known of a request once it is answered: for the access log and the metrics. Never holds a secret.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "aws/shape.h"
#include "base/clock.h"

namespace claviger::service {

struct Answered {
  TimePoint time;  // When the request was complete.
  std::chrono::microseconds took{0};
  std::string_view request_id;
  const OperationInfo* operation = nullptr;  // Null when none was recognised.
  std::string_view principal_arn;            // Empty when nobody was authenticated.
  std::string_view access_key_id;            // As claimed; empty when none was.
  std::string_view source_ip;
  std::string_view user_agent;
  int status = 0;
  std::string_view error_code;  // Empty on success.
  // Of a request that policies denied: why, sealed (service/authorization_message.h). Else empty.
  std::string_view authorization_message;
};

}  // namespace claviger::service

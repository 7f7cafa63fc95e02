// Calls IAM and STS as any client does: Query requests, signed, answered in JSON.
// Blocking; not thread-safe: one for each thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "client/settings.h"
#include "codec/json.h"

namespace claviger::client {

// What a call came to that was not answered as hoped.
struct CallError {
  std::string code;     // The service's: "NoSuchEntity"; empty when no service answered.
  std::string message;  // One sentence.

  [[nodiscard]] std::string ToString() const { return code.empty() ? message : code + ": " + message; }
};
template <class T = void>
using CallResult = Expected<T, CallError>;

using Parameters = std::vector<std::pair<std::string_view, std::string>>;

// The members of an answer, "CreateAccessKeyResult" for example; may be moved.
class Answer {
 public:
  Answer(codec::JsonDocument document, std::string_view action);

  // The text at `path` ("AccessKey.AccessKeyId"); empty when there is none.
  [[nodiscard]] std::string Text(std::string_view path) const;
  // The items of the list at `path`.
  [[nodiscard]] const std::vector<codec::JsonValue>& List(std::string_view path) const;

  static std::string TextAt(const codec::JsonValue& value, std::string_view path);
  // Seconds since 1970, or ISO 8601; nullopt when there is none.
  static std::optional<TimePoint> TimeAt(const codec::JsonValue& value, std::string_view path);
  [[nodiscard]] std::optional<TimePoint> Time(std::string_view path) const;

 private:
  codec::JsonDocument document_;
  const codec::JsonValue* result_;  // Within the document, where moving it moves nothing; null without a result.
};

class Api {
 public:
  // `clock` must outlive this.
  Api(Settings settings, const Clock& clock);
  Api(Api&&) noexcept;
  ~Api();

  // `service` is "iam" or "sts". Does not try again: a call may have had its effect though no answer came.
  CallResult<Answer> Call(std::string_view service, std::string_view action, const Parameters& parameters);

  // Calls until nothing is left behind a marker, and hands each answer over.
  template <class Each>
  CallResult<> CallAll(std::string_view service, std::string_view action, Parameters parameters, Each each) {
    for (;;) {
      const Answer answer = TRY(Call(service, action, parameters));
      each(answer);
      std::string marker = answer.Text("Marker");
      if (marker.empty()) return {};
      if (!parameters.empty() && parameters.back().first == "Marker") parameters.pop_back();
      parameters.emplace_back("Marker", std::move(marker));
    }
  }

  [[nodiscard]] const Settings& settings() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace claviger::client

#include "client/temporary.h"

#include <algorithm>
#include <utility>

namespace claviger::client {
namespace {

// SDKs ask again up to twenty minutes before the end: they must then get credentials that last longer.
constexpr std::chrono::minutes kFreshFor{20};

}  // namespace

CallResult<TemporaryCredentials> Issue(Api& api, const TemporaryRequest& request, const Clock& clock) {
  Parameters parameters = {{"DurationSeconds", std::to_string(request.duration_seconds)}};
  if (!request.role_arn.empty()) {
    parameters.emplace_back("RoleArn", request.role_arn);
    parameters.emplace_back("RoleSessionName", request.session_name);
    if (!request.external_id.empty()) parameters.emplace_back("ExternalId", request.external_id);
  }
  const Answer answer = TRY(api.Call("sts", request.role_arn.empty() ? "GetSessionToken" : "AssumeRole", parameters));
  const auto expiration = answer.Time("Credentials.Expiration");
  if (!expiration) return Failure{CallError{.message = "the server's answer has no credentials"}};
  return TemporaryCredentials{.access_key_id = answer.Text("Credentials.AccessKeyId"),
                              .secret_access_key = crypto::Secret(answer.Text("Credentials.SecretAccessKey")),
                              .session_token = answer.Text("Credentials.SessionToken"),
                              .issued = clock.Now(),
                              .expiration = *expiration};
}

CallResult<const TemporaryCredentials*> FreshCredentials::Get() {
  const auto half = std::chrono::seconds(request_.duration_seconds / 2);
  const auto fresh_for = std::min<std::chrono::seconds>(kFreshFor, half);
  if (!current_ || current_->expiration - clock_.Now() <= fresh_for) {
    auto issued = Issue(api_, request_, clock_);
    if (issued.ok()) {
      current_ = *std::move(issued);
    } else if (!current_ || current_->expiration <= clock_.Now()) {
      return Failure{issued.error()};
    }
  }
  return &*current_;
}

}  // namespace claviger::client

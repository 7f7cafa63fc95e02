#include "client/temporary.h"

#include <utility>

namespace claviger::client {

CallResult<TemporaryCredentials> Issue(Api& api, const TemporaryRequest& request) {
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
                              .expiration = *expiration};
}

}  // namespace claviger::client

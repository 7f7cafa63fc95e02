// Temporary credentials from STS: for a role, or for the caller itself. Blocking; as safe as the Api.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "client/api.h"
#include "crypto/secret.h"

namespace claviger::client {

struct TemporaryRequest {
  std::string role_arn;  // Empty: a session of the caller's own.
  std::string session_name = "claviger";
  std::string external_id;  // Empty: none.
  unsigned duration_seconds = 3600;
};

struct TemporaryCredentials {
  std::string access_key_id;
  crypto::Secret secret_access_key;
  std::string session_token;
  TimePoint issued;
  TimePoint expiration;
};

CallResult<TemporaryCredentials> Issue(Api& api, const TemporaryRequest& request, const Clock& clock);

// Asks for new ones when those it has are about to end; keeps these for as long as the server is away. Not thread-safe.
class FreshCredentials {
 public:
  // All must outlive this.
  FreshCredentials(Api& api, const Clock& clock, const TemporaryRequest& request)
      : api_(api), clock_(clock), request_(request) {}

  // Valid until the next call, never null. Fails only when there are none that have not expired.
  CallResult<const TemporaryCredentials*> Get();

 private:
  Api& api_;
  const Clock& clock_;
  const TemporaryRequest& request_;
  std::optional<TemporaryCredentials> current_;
};

}  // namespace claviger::client

// Temporary credentials from STS: for a role, or for the caller itself. Blocking; as safe as the Api.
#pragma once

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
  TimePoint expiration;
};

CallResult<TemporaryCredentials> Issue(Api& api, const TemporaryRequest& request);

}  // namespace claviger::client

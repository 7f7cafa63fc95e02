// Users' service-specific credentials at rest: a login name and a secret for one service. Of the secret only a digest
// is kept. One attempt's view; not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "directory/credential_status.h"
#include "directory/owned.h"

namespace claviger::directory {

struct ServiceCredential {
  std::string id;     // "ACCA..."
  std::string owner;  // Unique id of the user.
  CredentialStatus status = CredentialStatus::kActive;
  TimePoint created;
  std::string service;               // "codecommit.amazonaws.com", in lower case.
  std::string login;                 // "bob-at-123456789012": unique in the account and service, and stays.
  std::string secret_digest;         // SHA-256: the secret is as long as a key, so that it cannot be guessed from it.
  std::optional<TimePoint> expires;  // Absent: never.
};

extern template class Owned<ServiceCredential>;

class ServiceCredentials : public Owned<ServiceCredential> {
 public:
  using Owned::Owned;

  // NoSuchEntity; ValidationError when it is another user's. `user_name` is the owner's, for the message.
  Result<ServiceCredential> GetOf(std::string_view owner, std::string_view user_name, std::string_view id);
  // The login names of users with this name: the first of `<user>-at-<account>`, `<user>+1-at-<account>`, ... that is
  // free in the service.
  Result<std::string> FreeLogin(std::string_view service, std::string_view user_name);
  // LimitExceeded. REQUIRES: its login is free in this attempt.
  Result<> Create(const ServiceCredential& credential);
  void Remove(const ServiceCredential& credential);
};

}  // namespace claviger::directory

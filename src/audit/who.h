// Who did something, as CloudTrail's userIdentity tells it. Pure; safe from any thread.
// Source: "CloudTrail userIdentity element" in the CloudTrail User Guide.
#pragma once

#include <optional>
#include <string>

#include "aws/account_id.h"
#include "aws/caller.h"
#include "base/clock.h"

namespace claviger::audit {

// What is known of a caller.
struct Principal {
  PrincipalType type = PrincipalType::kRoot;
  AccountId account;
  std::string principal_id;   // "AIDA...", "AROA...:session", "123456789012:name"; the account for root.
  std::string arn;            // As GetCallerIdentity shows it.
  std::string user_name;      // Of a user; of root the account's alias, if it has one.
  std::string access_key_id;  // That signed the request.

  struct Session {
    TimePoint issued;
    bool mfa_authenticated = false;
    // Of roles and federated users: whom the session stands for.
    std::string issuer_id;   // "AROA...", "AIDA..."; the account for root.
    std::string issuer_arn;  // With its path.
    std::string source_identity;
    std::string federated_provider;  // Of the web identity that the role was assumed with.
    bool assumed_root = false;
    std::optional<AccountId> delegate;  // The product provider that acts with it.
  };
  std::optional<Session> session;
};

// The same, ready for any number of records.
struct Who {
  AccountId account;
  std::string identity;   // userIdentity in the caller's own account, JSON.
  std::string foreign;    // In the account of a resource that belongs to somebody else.
  std::string user_name;  // As LookupEvents has it: of a session its name, "root" of the root user.
  std::string access_key_id;
  std::string arn;
  std::string issuer_arn;
};

Who Describe(const Principal& principal);

// userIdentity of somebody without credentials of ours. `type` is "SAMLUser" or "WebIdentityUser"; empty texts are left
// out, as when the assertion proved nothing.
std::string OutsiderIdentity(std::string_view type, std::string_view principal_id, std::string_view user_name,
                             std::string_view provider);

}  // namespace claviger::audit

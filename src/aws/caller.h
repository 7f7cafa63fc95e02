// Who signed a request: what authentication proves and everything behind it relies on.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/account_id.h"
#include "aws/tag.h"
#include "base/clock.h"

namespace claviger {

enum class PrincipalType {
  kRoot,
  kUser,
  kAssumedRole,
  kFederatedUser,
  kOutsider,  // Without credentials, and of no account: known to an identity provider at best.
};

// No temporary credentials live longer.
inline constexpr std::chrono::seconds kSessionDurationMax{129600};

// Where a chain of sessions began. Empty for those that no long-term key asked for.
struct SessionOrigin {
  AccountId account;
  std::string principal_id;   // Of the user, "AIDA..."; the account for root.
  std::string access_key_id;  // The long-term key.

  bool operator==(const SessionOrigin&) const = default;
};

struct Caller {
  PrincipalType type = PrincipalType::kRoot;
  AccountId account;
  std::string arn;            // As GetCallerIdentity shows it.
  std::string user_id;        // As GetCallerIdentity shows it: "AIDA...", "AROA...:session", the account for root.
  std::string unique_id;      // Of the user or role, "AIDA..."; the account for root.
  std::string user_name;      // IAM users only.
  std::string access_key_id;  // That signed the request.

  // Temporary credentials only.
  struct Session {
    TimePoint issued;
    TimePoint expires;
    bool mfa_authenticated = false;
    SessionOrigin origin;
    std::vector<std::string> via;  // The temporary keys in between, of chained roles; newest last.
    std::string source_identity;
    std::vector<Tag> transitive_tags;  // What a role assumed with these credentials inherits.
    std::string federated_provider;    // ARN of the identity provider that vouched for whoever began the session.
    std::vector<std::pair<std::string, std::string>> identity_keys;  // What it said that later requests are judged by.
    bool assumed_root = false;          // By AssumeRoot: of the root user of a member account, for one task.
    bool limited = false;               // By policies of the session itself.
    std::optional<AccountId> delegate;  // The product provider that acts with it as somebody else.
  };
  std::optional<Session> session;

  [[nodiscard]] bool IsRoot() const { return type == PrincipalType::kRoot; }
  [[nodiscard]] bool IsTemporary() const { return session.has_value(); }
  [[nodiscard]] bool IsAssumedRoot() const { return session && session->assumed_root; }
};

}  // namespace claviger

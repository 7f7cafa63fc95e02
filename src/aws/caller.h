// Who signed a request: what authentication proves and everything behind it relies on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/account_id.h"
#include "base/clock.h"

namespace claviger {

enum class PrincipalType { kRoot, kUser, kAssumedRole, kFederatedUser };

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
  };
  std::optional<Session> session;

  [[nodiscard]] bool IsRoot() const { return type == PrincipalType::kRoot; }
  [[nodiscard]] bool IsTemporary() const { return session.has_value(); }
};

}  // namespace claviger

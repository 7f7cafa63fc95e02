// Principals by their ARN alone, for decisions about requests that nobody made: simulations, and people who ask what
// would be. Pure; all text is untrusted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authz/context_keys.h"
#include "authz/request.h"

namespace claviger::authz {

// Owns the texts of a Principal.
struct NamedPrincipal {
  CallerKind kind = CallerKind::kAnonymous;
  std::string account;
  std::string arn;         // Of a role known by its own ARN alone: that one.
  std::string issuer_arn;  // Of a role session: the role, whose path its ARN does not tell.
  std::string name;        // Of the user, the session or the federated user; of a service.
  std::string unique_id;   // Where it is known.

  // Points into this.
  [[nodiscard]] Principal View() const;
};

// An account's root ("arn:aws:iam::123456789012:root", or the number alone), a user, a role (as a session of it), a
// role session, a federated user, a service ("ec2.amazonaws.com"), or "*": the anonymous. nullopt for anything else.
std::optional<NamedPrincipal> ParsePrincipal(std::string_view text);

// The global condition keys that follow from who the principal is. Keys that are there already stay.
void FillPrincipalKeys(const NamedPrincipal& principal, ContextKeys& keys);

}  // namespace claviger::authz

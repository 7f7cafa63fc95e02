// Whom a Principal or NotPrincipal element names, compiled. Immutable.
// Source: "AWS JSON policy elements: Principal" and "NotPrincipal" in the IAM User Guide.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "authz/request.h"
#include "policy/document.h"

namespace claviger::authz {

// How a resource's policy came to allow a principal, which decides what else can limit it. A later one is stronger.
enum class Naming : std::uint8_t {
  kNone,
  kAccount,   // By its account: the account's own policies must allow as well.
  kIssuer,    // A session by its role, or by the user who federated: boundary and session policies still limit.
  kEveryone,  // By "*".
  kDirect,    // By its own ARN or id, service name or provider.
};

class CompiledPrincipals {
 public:
  explicit CompiledPrincipals(const policy::PrincipalElement& element);

  // How an Allow statement names `principal`; kNone when it does not. What is not named by NotPrincipal counts as
  // named by "*". "*" does not cover outsiders: trust in an identity provider must be spelled out.
  [[nodiscard]] Naming NamedByAllow(const Principal& principal) const;

  // Whether a Deny statement is about `principal`. "*" covers everybody. NotPrincipal spares a user whose ARN and
  // account are both listed, and a session only when its account, its role and the session itself are.
  [[nodiscard]] bool CoveredByDeny(const Principal& principal) const;

 private:
  enum class Form : std::uint8_t { kAccount, kArnOrId, kService, kFederated, kCanonicalUser };
  struct Entry {
    Form form;
    std::string value;
  };
  struct Names {
    bool everyone = false;
    bool account = false;
    bool issuer = false;
    bool direct = false;
  };

  [[nodiscard]] Names Find(const Principal& principal) const;

  bool negated_;
  bool everyone_;
  std::vector<Entry> entries_;
};

}  // namespace claviger::authz

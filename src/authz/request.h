// What a decision is about: who wants to do what to which resource, and the circumstances.
// Plain views: the texts must outlive the decision.
#pragma once

#include <cstdint>
#include <string_view>

#include "authz/context_keys.h"

namespace claviger::authz {

enum class CallerKind : std::uint8_t {
  kAnonymous,      // No signature.
  kRoot,           // The root user of an account.
  kUser,           // An IAM user, also behind GetSessionToken.
  kRoleSession,    // Somebody who assumed a role.
  kFederatedUser,  // A session of GetFederationToken.
  kService,        // An AWS service, such as ec2.amazonaws.com.
  kOutsider,       // Known to an identity provider only: the caller of AssumeRoleWithWebIdentity and -SAML.
};

struct Principal {
  CallerKind kind = CallerKind::kAnonymous;
  std::string_view account = {};  // Twelve digits; empty for kAnonymous, kService and kOutsider.
  // Of the root, the user, the role session (arn:aws:sts::...:assumed-role/ROLE/SESSION) or the federated user.
  std::string_view arn = {};
  // Whose permissions a session has: the role (with its path), or the user who called GetFederationToken.
  std::string_view issuer_arn = {};
  // Of the user or role that policies are attached to: "AIDA...", "AROA..." without the session's name.
  std::string_view unique_id = {};
  // kService: its name. kOutsider: the provider as a trust policy names it, an ARN or a domain.
  std::string_view name = {};
  std::string_view canonical_user_id = {};  // Of the account, where it has one.
  bool service_linked_role = false;         // Organizations' policies do not apply to these.
};

struct RequestContext {
  std::string_view action = {};    // "s3:GetObject"; compared ignoring case.
  std::string_view resource = {};  // An ARN, or "*" for actions without one; compared exactly.
  Principal principal = {};
  std::string_view resource_account = {};  // Twelve digits. Empty: the principal's own.
  ContextKeys keys = {};
};

}  // namespace claviger::authz

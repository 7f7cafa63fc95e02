// Somebody whom an identity provider vouches for: who asks AssumeRoleWithWebIdentity and AssumeRoleWithSAML, once that
// is proven. Plain data.
#pragma once

#include <string>
#include <vector>

#include "aws/account_id.h"
#include "aws/tag.h"

namespace claviger {

struct IdentityKey {
  std::string name;  // Of a condition key: "accounts.google.com:sub".
  std::vector<std::string> values;
  bool stays = false;  // Later requests of the session have it, too.

  bool operator==(const IdentityKey&) const = default;
};

struct Outsider {
  std::string provider;  // Its ARN, as trust policies name it.
  std::string user_id;   // "provider:audience:subject".
  std::string subject;
  std::vector<IdentityKey> keys;
  std::string assertion_id;  // Of the SAML assertion; empty: another kind of proof.
  // What the provider says about the session.
  std::string session_name;  // Empty: the request says.
  std::vector<Tag> tags;
  std::vector<std::string> transitive_tag_keys;
  std::string source_identity;
  bool role_authorized = false;  // The role is among those that the provider lists.
};

}  // namespace claviger

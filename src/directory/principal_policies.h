// Everything at rest that decides what a principal may do.
// One attempt's view; not thread-safe. All of it is found by point reads, which a cache may watch.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/caller.h"
#include "directory/directory.h"

namespace claviger::directory {

struct PolicyText {
  // As simulation names it: a managed policy by its name, an inline policy user_<user>_<policy>, group_<group>_<policy>
  // or role_<role>_<policy>.
  std::string id;
  std::string name;              // The policy's own.
  std::string arn;               // Managed policies only.
  std::optional<Entity> entity;  // Inline policies only: whose it is.
  std::string document;          // As submitted.
};

struct PrincipalPolicies {
  // The user's own and its groups', or the role's: inline, then attached; then what the account's password policy
  // grants to all of its users, as if it were one: account_password_policy.
  std::vector<PolicyText> identity;
  std::optional<PolicyText> boundary;  // Absent: does not narrow.
};

// The policies of a user or of a role; none for root. A federated user has those of whoever federated it, of whom
// `unique_id` is: all of root's rights as a policy.
// Errors: NoSuchEntity when nobody has that unique id. A policy that cannot be read fails all of it, since it might
// deny.
Result<PrincipalPolicies> LoadPrincipalPolicies(Directory& directory, PrincipalType type, std::string_view unique_id);

// The same for one group alone.
Result<PrincipalPolicies> LoadGroupPolicies(Directory& directory, const Group& group);

// The default version of a managed policy of this unique id, the account's or AWS's.
Result<PolicyText> LoadManagedPolicy(Directory& directory, std::string_view policy_id);

}  // namespace claviger::directory

// The policies that bear on a principal: what a decision about it starts from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/caller.h"
#include "directory/directory.h"

namespace claviger::directory {

struct PolicyText {
  std::string id;   // As the simulation operations name it: a managed policy's name, or "user_<user>_<policy>".
  std::string arn;  // Of a managed policy; else empty.
  std::string document;
};

struct PrincipalPolicies {
  std::vector<PolicyText> identity;    // Of the user and its groups, or of the role.
  std::optional<PolicyText> boundary;  // Nothing beyond it is allowed.
};

Result<PrincipalPolicies> LoadPrincipalPolicies(Directory& directory, PrincipalType type, std::string_view unique_id);

}  // namespace claviger::directory

// What a policy for a product provider says of the roles that it lets be made: AWS asks that each is limited by a
// permissions boundary, which the policy itself demands. Pure.
// Follows "IAM temporary delegation" and its evaluation guidelines in the IAM User Guide.
#pragma once

#include <string>
#include <vector>

#include "policy/document.h"

namespace claviger::lint {

struct RoleBoundaries {
  std::vector<std::string> arns;  // Each once, in the order in which they appear.
  std::string problem;            // What lets roles be without one; empty: nothing.
};

RoleBoundaries RoleBoundariesOf(const policy::Document& document);

}  // namespace claviger::lint

#include "directory/principal_policies.h"

namespace claviger::directory {

// No policy can be attached yet.
Result<PrincipalPolicies> LoadPrincipalPolicies(Directory&, PrincipalType, std::string_view) {
  return PrincipalPolicies();
}

}  // namespace claviger::directory

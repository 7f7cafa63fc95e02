#include "directory/principal_policies.h"

namespace claviger::directory {

Result<PrincipalPolicies> LoadPrincipalPolicies(Directory& directory, PrincipalType, std::string_view unique_id) {
  PrincipalPolicies policies;
  const std::string prefix = directory.context.account.ToString() + "/inline/" + std::string(unique_id) + "/";
  TRY(FromStore(directory.context.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry& entry) {
    policies.identity.push_back({std::string(key.substr(prefix.size())), "", std::string(entry.value)});
    return true;
  })));
  if (const auto boundary =
          TRY(FromStore(directory.context.transaction.Get(prefix.substr(0, prefix.size() - 1) + "-boundary")))) {
    policies.boundary = PolicyText{"limit", "arn:aws:iam::111122223333:policy/limit", std::string(boundary->value)};
  }
  return policies;
}

}  // namespace claviger::directory

#include "ops/iam/protected_role.h"

#include <string>

#include "base/text.h"
#include "directory/service_linked_role.h"

namespace claviger::ops::iam {
namespace {

// IAM Identity Center's own.
constexpr std::string_view kReservedPath = "/aws-reserved/";
constexpr std::string_view kReservedName = "AWSReservedSSO_";

bool HasReservedName(std::string_view name) {
  return EqualsIgnoreCase(name.substr(0, kReservedName.size()), kReservedName);
}

}  // namespace

bool IsServiceLinked(const directory::Role& role) { return role.path.starts_with(directory::kServiceRolePath); }

Result<> CheckModifiable(const directory::Role& role) {
  if (!IsServiceLinked(role) && !role.path.starts_with(kReservedPath) && !HasReservedName(role.name)) return {};
  return Fail(ErrorCode::kUnmodifiableEntity, "Cannot perform the operation on the protected role '" + role.name +
                                                  "' - this role is only modifiable by AWS");
}

Result<directory::Role> GetModifiableRole(OperationContext& context, std::string_view name) {
  directory::Role role = TRY(context.directory.roles.Get(name));
  TRY(CheckModifiable(role));
  return role;
}

Result<> CheckUnreserved(std::string_view path, std::string_view name) {
  for (const std::string_view prefix : {directory::kServiceRolePath, kReservedPath}) {
    if (!path.starts_with(prefix)) continue;
    return Fail(ErrorCode::kInvalidInput,
                "Path prefix '" + std::string(prefix) + "' can only be used for AWS Service linked Roles");
  }
  if (HasReservedName(name)) {
    return Fail(ErrorCode::kInvalidInput, "Name prefix '" + std::string(kReservedName) +
                                              "' can only be used for roles of AWS IAM Identity Center");
  }
  return {};
}

}  // namespace claviger::ops::iam

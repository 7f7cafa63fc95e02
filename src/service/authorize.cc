#include "service/authorize.h"

#include <string>
#include <string_view>

namespace claviger::service {
namespace {

Failure<Error> Denied(const Caller& caller, const OperationInfo& operation) {
  const std::string action = std::string(operation.service->name) + ":" + std::string(operation.name);
  return Fail(ErrorCode::kAccessDenied, "User: " + caller.arn + " is not authorized to perform: " + action +
                                            " because no identity-based policy allows the " + action + " action");
}

// What credentials of GetSessionToken may be used for, MFA aside ("Comparing STS API operations" in the IAM User
// Guide).
Result<> CheckSessionLimits(const Caller& caller, const OperationInfo& operation) {
  const std::string_view name = operation.name;
  if (operation.service->name == "iam") {
    if (caller.session->mfa_authenticated) return {};
    return Fail(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid.");
  }
  if (name == "GetSessionToken" || name == "GetFederationToken") {
    return Fail(ErrorCode::kAccessDenied, "Cannot call " + std::string(name) + " with session credentials");
  }
  if (name == "GetCallerIdentity" || name == "AssumeRole") return {};
  return Denied(caller, operation);
}

}  // namespace

Result<> Authorize(const Caller& caller, const OperationInfo& operation, const void*) {
  if (caller.IsTemporary()) TRY(CheckSessionLimits(caller, operation));
  if (caller.IsRoot()) return {};
  // Every authenticated caller may, even against an explicit deny.
  if (operation.name == "GetCallerIdentity" || operation.name == "GetSessionToken") return {};
  return Denied(caller, operation);
}

}  // namespace claviger::service

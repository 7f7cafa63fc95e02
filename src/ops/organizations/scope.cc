#include "ops/organizations/scope.h"

#include <utility>

namespace claviger::ops::organizations {
namespace {

Failure<Error> NoAccess() {
  return Fail(ErrorCode::kAccessDeniedException, "You don't have permissions to access this resource.");
}

}  // namespace

Result<Scope> GetScope(const OperationContext& context) {
  const directory::Context& account = context.directory.context;
  if (const auto membership = TRY(directory::FindMembership(account.transaction, account.account))) {
    directory::OrganizationDirectory directory(account, membership->management);
    if (auto organization = TRY(directory.Find())) return Scope{std::move(*organization), directory};
  }
  return Fail(ErrorCode::kAWSOrganizationsNotInUseException, "Your account is not a member of an organization.");
}

Result<Scope> GetManagedScope(const OperationContext& context) {
  Scope scope = TRY(GetScope(context));
  if (scope.management() != context.account()) return NoAccess();
  return scope;
}

Result<Scope> GetReadableScope(const OperationContext& context) {
  Scope scope = TRY(GetScope(context));
  if (scope.management() != context.account() && !TRY(IsDelegate(scope, context.account()))) return NoAccess();
  return scope;
}

Result<bool> IsDelegate(Scope& scope, AccountId account) {
  return !TRY(scope.directory.delegations.List(account.ToString() + "/")).empty();
}

Result<directory::MemberAccount> GetAccount(Scope& scope, std::string_view id) {
  auto account = TRY(scope.directory.accounts.Find(id));
  if (!account) return Fail(ErrorCode::kAccountNotFoundException, "You specified an account that doesn't exist.");
  return std::move(*account);
}

Result<directory::OrganizationalUnit> GetUnit(Scope& scope, std::string_view id) {
  auto unit = TRY(scope.directory.units.Find(id));
  if (!unit) {
    return Fail(ErrorCode::kOrganizationalUnitNotFoundException,
                "You specified an organizational unit that doesn't exist.");
  }
  return std::move(*unit);
}

Result<directory::ControlPolicy> GetPolicy(Scope& scope, std::string_view id) {
  auto policy = TRY(scope.attachments().FindPolicy(id));
  if (!policy) return Fail(ErrorCode::kPolicyNotFoundException, "You specified a policy that doesn't exist.");
  return std::move(*policy);
}

Result<directory::ControlPolicy> GetOwnPolicy(Scope& scope, std::string_view id) {
  directory::ControlPolicy policy = TRY(GetPolicy(scope, id));
  if (policy.aws_managed) {
    return Fail(ErrorCode::kInvalidInputException, "You can't modify or delete a policy that is managed by AWS.",
                "IMMUTABLE_POLICY");
  }
  return policy;
}

Result<std::vector<std::string>> GetPathTo(Scope& scope, std::string_view parent) {
  auto path = TRY(scope.directory.PathTo(scope.organization, parent));
  if (path.empty()) return Fail(ErrorCode::kParentNotFoundException, "You specified parent that doesn't exist.");
  return path;
}

}  // namespace claviger::ops::organizations

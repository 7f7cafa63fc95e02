// What every operation of Organizations begins with: the organization that the caller's account is in, and whether the
// account may ask this of it.
#pragma once

#include <string>
#include <string_view>

#include "directory/organization_policy.h"
#include "ops/context.h"

namespace claviger::ops::organizations {

struct Scope {
  directory::Organization organization;
  directory::OrganizationDirectory directory;

  [[nodiscard]] AccountId management() const { return directory.management(); }
  [[nodiscard]] directory::ControlAttachments attachments() { return directory::ControlAttachments(directory); }
};

// Of any member. Errors: AWSOrganizationsNotInUseException.
Result<Scope> GetScope(const OperationContext& context);
// Of the management account. Errors: that; AccessDeniedException.
Result<Scope> GetManagedScope(const OperationContext& context);
// Of the management account or a delegated administrator, who may look but change nothing. Errors: the same.
Result<Scope> GetReadableScope(const OperationContext& context);

// Whether the account administers the organization for any service.
Result<bool> IsDelegate(Scope& scope, AccountId account);

// The parts that requests name. Errors: those of the part, in AWS's words.
Result<directory::MemberAccount> GetAccount(Scope& scope, std::string_view id);
Result<directory::OrganizationalUnit> GetUnit(Scope& scope, std::string_view id);
Result<directory::ControlPolicy> GetPolicy(Scope& scope, std::string_view id);
// One of the organization's own: AWS's cannot be changed.
Result<directory::ControlPolicy> GetOwnPolicy(Scope& scope, std::string_view id);
// The path from the root down to a root or unit. Errors: ParentNotFoundException.
Result<std::vector<std::string>> GetPathTo(Scope& scope, std::string_view parent);

}  // namespace claviger::ops::organizations

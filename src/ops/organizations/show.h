// What an organization is made of in the form that the API's answers have, and their ARNs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "gen/organizations/types.h"
#include "ops/organizations/scope.h"

namespace claviger::ops::organizations {

// "arn:aws:organizations::<management account>:<type>/<organization>/<id>"; `type` is "account", "ou", "root".
std::string ArnOf(const Scope& scope, std::string_view type, std::string_view id);

// "SERVICE_CONTROL_POLICY" and back; nullopt for the types that Claviger does not have.
std::string_view TypeText(directory::ControlPolicyType type);
std::optional<directory::ControlPolicyType> ParseType(std::string_view text);

// Reads the management account, whose e-mail address is a part of the answer.
Result<gen::organizations::Organization> ShowOrganization(Scope& scope);
gen::organizations::Root ShowRoot(const Scope& scope);
Result<gen::organizations::OrganizationalUnit> Show(Scope& scope, const directory::OrganizationalUnit& unit);
Result<gen::organizations::Account> Show(Scope& scope, const directory::MemberAccount& account);
gen::organizations::PolicySummary Summary(const Scope& scope, const directory::ControlPolicy& policy);
gen::organizations::Policy Show(const Scope& scope, const directory::ControlPolicy& policy);
gen::organizations::CreateAccountStatus Show(const directory::AccountCreation& creation);

}  // namespace claviger::ops::organizations

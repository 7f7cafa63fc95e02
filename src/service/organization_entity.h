// The parts of organizations as resources that policies are held against.
#pragma once

#include <string>
#include <string_view>

#include "directory/organization_policy.h"
#include "service/entity.h"

namespace claviger::service {

// The type of the part with this id: "ou-..." is an "organizationalunit", twelve digits an "account".
std::string_view TypeOfOrganizationId(std::string_view id);

// The root, unit, account or policy with this id; nullopt for all else. `context` may be of any account.
Result<std::optional<Entity>> FindOrganizationEntity(const directory::Context& context, AccountId management,
                                                     std::string_view id);

}  // namespace claviger::service

// Making organizations and their members: what the API and the administrator's commands have in common.
// One attempt's view; not thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "directory/directory.h"
#include "directory/organization_policy.h"

namespace claviger::directory {

inline constexpr std::string_view kAccessRoleName = "OrganizationAccountAccessRole";

// The e-mail address of an account that nobody gave one.
std::string PlaceholderEmail(AccountId account);

// A new organization with `management` in its root. REQUIRES: the account is in none.
Result<Organization> CreateOrganization(const Context& context, FeatureSet features, MemberAccount management,
                                        TimePoint now);

// Makes `member` one, below its parent. REQUIRES: it is in no organization, and nobody has its e-mail address.
Result<> AddMember(OrganizationDirectory& directory, const Organization& organization, const MemberAccount& member);

// Takes the account out of the organization. REQUIRES: a member, but not the management account.
Result<> RemoveMember(OrganizationDirectory& directory, const MemberAccount& member);

// The role of a new member account that gives the management account full access to it.
Result<> InsertAccessRole(const Context& from, AccountId account, AccountId management, std::string_view name,
                          TimePoint now);

// Twelve digits that no account of the installation has yet.
Result<AccountId> MintAccountId(const Context& context);

}  // namespace claviger::directory

#include "server/organization.h"

#include <utility>

#include "directory/organization_setup.h"

namespace claviger::server {
namespace {

directory::MemberAccount MemberOf(AccountId account, const MemberConfig& config, TimePoint now) {
  const std::string id = account.ToString();
  return {.id = id,
          .name = config.name.empty() ? id : config.name,
          .email = config.email.empty() ? directory::PlaceholderEmail(account) : config.email,
          .parent = {},
          .joined_method = config.access_role ? directory::JoinedMethod::kCreated : directory::JoinedMethod::kInvited,
          .joined = now,
          .tags = {}};
}

// Errors: NoSuchEntity; AlreadyInOrganizationException.
Result<> CheckIsFree(const directory::Context& context, AccountId account) {
  if (!TRY(directory::FindAccount(context.transaction, account))) {
    return Fail(ErrorCode::kNoSuchEntity,
                "there is no account " + account.ToString() + "; `claviger account list` shows them");
  }
  if (TRY(directory::FindMembership(context.transaction, account))) {
    return Fail(ErrorCode::kAlreadyInOrganizationException,
                "account " + account.ToString() + " is in an organization already");
  }
  return {};
}

}  // namespace

StartResult<std::string> CreateOrganization(Installation& installation, AccountId account, const MemberConfig& config,
                                            const directory::Quotas& quotas, Random& random, TimePoint now) {
  std::string id;
  TRY(RunChange(installation, account, quotas, random, [&](directory::Directory& directory) -> Result<> {
    TRY(CheckIsFree(directory.context, account));
    id = TRY(directory::CreateOrganization(directory.context, directory::FeatureSet::kAll,
                                           MemberOf(account, config, now), now))
             .id;
    return {};
  }));
  return id;
}

StartResult<> AddToOrganization(Installation& installation, AccountId management, AccountId account,
                                const MemberConfig& config, const directory::Quotas& quotas, Random& random,
                                TimePoint now) {
  return RunChange(installation, management, quotas, random, [&](directory::Directory& directory) -> Result<> {
    directory::OrganizationDirectory parts(directory.context, management);
    const auto organization = TRY(parts.Find());
    if (!organization) {
      return Fail(ErrorCode::kOrganizationNotFoundException,
                  "account " + management.ToString() + " manages no organization");
    }
    TRY(CheckIsFree(directory.context, account));
    directory::MemberAccount member = MemberOf(account, config, now);
    member.parent = organization->root_id;
    if (TRY(parts.FindEmail(member.email))) {
      return Fail(ErrorCode::kDuplicateAccountException,
                  "another account of the organization has the e-mail address " + member.email);
    }
    TRY(directory::AddMember(parts, *organization, member));
    if (!config.access_role) return {};
    return directory::InsertAccessRole(directory.context, account, management, directory::kAccessRoleName, now);
  });
}

}  // namespace claviger::server

// Organizations by the administrator's commands: what a caller of the API could not do, or not yet.
#pragma once

#include <string>

#include "server/installation.h"

namespace claviger::server {

// How an account is called in its organization; what is empty is made up.
struct MemberConfig {
  std::string name;
  std::string email;
  bool access_role = false;  // Whether it gets the role that lets the management account in.
};

// Makes an organization with `account` as its management account. Returns the organization's id.
StartResult<std::string> CreateOrganization(Installation& installation, AccountId account, const MemberConfig& config,
                                            const directory::Quotas& quotas, Random& random, TimePoint now);

// Makes `account` a member of the organization that `management` manages, in its root.
StartResult<> AddToOrganization(Installation& installation, AccountId management, AccountId account,
                                const MemberConfig& config, const directory::Quotas& quotas, Random& random,
                                TimePoint now);

}  // namespace claviger::server

// Instance profiles at rest: what a role is put into to be given to a machine. One attempt's view; not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "directory/named.h"

namespace claviger::directory {

struct InstanceProfile {
  std::string id;  // "AIPA..."
  std::string path;
  std::string name;
  TimePoint created;
  std::vector<Tag> tags;  // In the order given.
  std::string role;       // Unique id of the one role that it holds; empty: none.
};

extern template class Named<InstanceProfile>;

class InstanceProfiles : public Named<InstanceProfile> {
 public:
  using Named::Named;

  // Puts the role of this unique id into the profile. LimitExceeded when the profile holds a role, even this one.
  // REQUIRES: profile and role were read in this attempt.
  Result<> AddRole(const InstanceProfile& profile, std::string_view role);
  // REQUIRES: the profile holds a role, and was read in this attempt.
  Result<> RemoveRole(const InstanceProfile& profile);
  // Those that hold the role, by name ignoring case.
  Result<std::vector<InstanceProfile>> ListOf(std::string_view role);
};

}  // namespace claviger::directory

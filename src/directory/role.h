// IAM roles at rest. One attempt's view; not thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "directory/named.h"

namespace claviger::directory {

inline constexpr std::chrono::seconds kMaxSessionDefault{3600};

struct Role {
  std::string id;  // "AROA..."
  std::string path;
  std::string name;
  TimePoint created;
  std::vector<Tag> tags;  // In the order given.
  std::string boundary;   // Unique id of the managed policy that is its permissions boundary; empty: none.
  std::string description;
  std::chrono::seconds max_session = kMaxSessionDefault;
  std::string trust_policy;  // Users and roles in it by their unique ids: directory/trust_policy.h.
};

// The last time that somebody acted as a role.
struct RoleUse {
  TimePoint time;
  std::string region;
};

extern template class Named<Role>;

class Roles : public Named<Role> {
 public:
  using Named::Named;

  Result<std::optional<RoleUse>> FindUse(std::string_view id);
  // Remembers a use, if the role still exists.
  Result<> RecordUse(std::string_view id, const RoleUse& use);
  // A service-linked role, which may be made when an account's quota of roles is used up too. EntityAlreadyExists.
  Result<> InsertServiceLinked(const Role& role);
  // Also forgets its uses.
  Result<> Remove(const Role& role);
};

}  // namespace claviger::directory

// What a user, group or role has: attached managed policies, inline policies, and of a user its groups.
//
// One small record an entity, so that all that decides about a principal is found by a handful of point reads, which a
// cache can watch. One attempt's view; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory/context.h"
#include "directory/named.h"

namespace claviger::directory {

// Who can have policies. The letters are stored, never change them.
enum class EntityKind : char { kUser = 'u', kGroup = 'g', kRole = 'r' };

// "user", "group" or "role", as ARNs and messages name it.
std::string_view KindName(EntityKind kind);

// An entity as operations on its policies need it.
struct Entity {
  EntityKind kind = EntityKind::kUser;
  std::string id;
  std::string name;
};

struct InlinePolicyInfo {
  std::string name;              // As spelled by its maker; unique in the entity ignoring case.
  std::uint64_t characters = 0;  // As AWS counts them: policy/limits.h.
};

struct Holdings {
  std::vector<std::string> attached;              // Unique ids of managed policies, in the order attached.
  std::vector<InlinePolicyInfo> inline_policies;  // By name, ignoring case.
  std::vector<std::string> groups;                // Unique ids, in the order joined.

  [[nodiscard]] bool empty() const { return attached.empty() && inline_policies.empty() && groups.empty(); }
};

// How a managed policy is used.
enum class PolicyUse : std::uint8_t { kAttached, kBoundary };

// Who uses a managed policy.
struct PolicyUser {
  EntityKind kind = EntityKind::kUser;
  std::string id;
};

class AllHoldings {
 public:
  explicit AllHoldings(const Context& context) : context_(context) {}

  // Empty when nothing was ever given to the entity.
  Result<Holdings> Get(std::string_view entity_id);
  // REQUIRES: `holdings` was read in this attempt.
  void Put(std::string_view entity_id, const Holdings& holdings);

  // Attaches the managed policy of this id; does nothing when it is attached. LimitExceeded.
  Result<> Attach(const Entity& entity, std::string_view policy_id);
  // False when it was not attached.
  Result<bool> Detach(const Entity& entity, std::string_view policy_id);

  // The document of an inline policy; nullopt when there is none of that name.
  Result<std::optional<std::string>> FindInline(std::string_view entity_id, std::string_view name);
  // Adds it or writes over the one of that name. LimitExceeded when all together are too large.
  Result<> PutInline(const Entity& entity, std::string_view name, std::string_view document);
  // False when there was none of that name.
  Result<bool> RemoveInline(const Entity& entity, std::string_view name);

  // Notes that `policy_id` (empty: none) took the place of `before` as the entity's boundary; the entity's own record
  // says so too, and is the caller's to write.
  void MoveBoundary(EntityKind kind, std::string_view entity_id, std::string_view before, std::string_view policy_id);

  // How many entities of the account use the policy so.
  Result<std::uint64_t> CountUsers(std::string_view policy_id, PolicyUse use);
  Result<bool> IsUsed(std::string_view policy_id);
  // Groups, then roles, then users, from behind `after` (PositionOf the last one seen) on; `keep` chooses.
  using Keep = std::function<Result<bool>(const PolicyUser&)>;
  Result<Page<PolicyUser>> ListUsers(std::string_view policy_id, PolicyUse use, std::string_view after,
                                     std::size_t count_max, const Keep& keep);
  static std::string PositionOf(const PolicyUser& user);

 private:
  Context context_;
};

}  // namespace claviger::directory

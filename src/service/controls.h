// What an organization says about one of its accounts, compiled: its service and resource control policies, level by
// level, and where the account stands. Kept as long as none of the records behind it has changed, so that an account
// without an organization costs one look-up and the very next request after a change sees it.
// Not thread-safe: one for each event loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "authz/compiled_set.h"
#include "authz/evaluate.h"
#include "base/bounded_cache.h"
#include "directory/organization_policy.h"
#include "service/dependencies.h"
#include "service/directories.h"
#include "service/permissions.h"

namespace claviger::service {

// The levels of one type of policy, from the root to the account. None: they do not narrow.
class ControlLevels {
 public:
  void Add(std::unique_ptr<const authz::CompiledSet> level) {
    pointers_.push_back(level.get());
    sets_.push_back(std::move(level));
  }
  [[nodiscard]] std::span<const authz::CompiledSet* const> get() const { return pointers_; }

 private:
  std::vector<std::unique_ptr<const authz::CompiledSet>> sets_;
  std::vector<const authz::CompiledSet*> pointers_;
};

struct Controls {
  bool closed = false;            // The account is: nobody acts in it.
  std::string organization_id;    // Empty: in none.
  std::string organization_path;  // As aws:PrincipalOrgPaths has it.
  ControlLevels service_control;
  ControlLevels resource_control;
  bool read_keys = false;  // Whether any of them asks for condition keys.
  // The layer with a stored policy that cannot be read: nothing is allowed until it is replaced.
  std::optional<authz::Layer> unreadable;

  [[nodiscard]] bool Narrow() const {
    return unreadable.has_value() || !service_control.get().empty() || !resource_control.get().empty();
  }
};

using ControlsPointer = std::shared_ptr<const Controls>;

class ControlCache {
 public:
  // REQUIRES: all of them outlive it.
  ControlCache(store::Reader& reader, const Directories& directories, PolicyCache& policies);

  // Of an account, in the reader's present snapshot. Errors: those of the store.
  Result<ControlsPointer> Find(AccountId account);

 private:
  struct Cached {
    ControlsPointer controls;
    Dependencies depends_on;
  };

  Controls Compile(directory::AccountControls stored);

  store::Reader& reader_;
  Directories directories_;
  PolicyCache& policies_;
  BoundedCache<Cached> cache_;  // By account.
};

}  // namespace claviger::service

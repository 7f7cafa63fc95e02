// The policies of a principal, compiled: parsed once per content and kept as long as what they were read from has not
// changed, so that a decision parses nothing and the very next request after a change sees it.
// Not thread-safe: one for each event loop.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "authz/compiled_set.h"
#include "authz/evaluate.h"
#include "aws/caller.h"
#include "base/bounded_cache.h"
#include "directory/principal_policies.h"
#include "policy/parse.h"
#include "service/dependencies.h"
#include "service/directories.h"

namespace claviger::service {

// Compiled policies by content: a managed policy that is attached to a thousand users is there once.
class PolicyCache {
 public:
  PolicyCache();

  // nullptr when `document` is not a policy of this kind: whoever it bears on is to be denied everything.
  std::shared_ptr<const authz::CompiledPolicy> Compile(std::string_view document, policy::Kind kind,
                                                       authz::PolicySource source);
  // The same of a policy at rest.
  std::shared_ptr<const authz::CompiledPolicy> Compile(const directory::PolicyText& text);

 private:
  BoundedCache<std::shared_ptr<const policy::Document>> documents_;      // By kind and digest.
  BoundedCache<std::shared_ptr<const authz::CompiledPolicy>> compiled_;  // And where it comes from.
};

// Whether a policy asks for condition keys at all.
bool ReadsKeys(const authz::CompiledPolicy& policy);

struct Permissions {
  std::unique_ptr<const authz::CompiledSet> identity;  // Null: allows nothing.
  std::unique_ptr<const authz::CompiledSet> boundary;  // Null: does not narrow.
  bool read_keys = false;                              // Whether any of them asks for condition keys.
  // The layer with a stored policy that cannot be read: nothing is allowed until it is replaced.
  std::optional<authz::Layer> unreadable;
};

using PermissionsPointer = std::shared_ptr<const Permissions>;

class PermissionCache {
 public:
  // REQUIRES: all of them outlive it.
  PermissionCache(store::Reader& reader, const Directories& directories, PolicyCache& policies);

  // Of the principal with this unique id, in the reader's present snapshot. Errors: those of the store.
  Result<PermissionsPointer> Find(AccountId account, PrincipalType type, std::string_view unique_id);

 private:
  struct Cached {
    PermissionsPointer permissions;
    AccountId account;
    Dependencies depends_on;
  };

  Result<Permissions> Load(directory::Directory& directory, PrincipalType type, std::string_view unique_id);

  store::Reader& reader_;
  Directories directories_;
  PolicyCache& policies_;
  BoundedCache<Cached> cache_;  // By unique id.
};

}  // namespace claviger::service

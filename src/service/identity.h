// Who signed a request, with what is known of them for deciding what they may.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/who.h"
#include "authz/compiled_set.h"
#include "aws/caller.h"
#include "aws/outsider.h"
#include "aws/tag.h"
#include "base/clock.h"
#include "crypto/secret.h"

namespace claviger::service {

struct Identity {
  Caller caller;
  crypto::Secret secret_access_key;
  // Never the same for two secrets: lets signing keys be cached beside it.
  std::uint64_t generation = 0;
  // Long-term keys and roles only: the last use that is on record, so that not every use is written down.
  std::optional<TimePoint> last_recorded_use;
  // Of users and roles: the same of each action that they called.
  struct RecordedAction {
    std::string_view action;  // As in the API's tables.
    TimePoint time;
  };
  std::vector<RecordedAction> recorded_actions;

  std::string account_alias;  // Of the root user only; empty: the account has none.

  std::vector<Tag> tags;  // Of the user, or of the role with the session's own: aws:PrincipalTag.
  // Of sessions only.
  std::string issuer_arn;  // Of the role, with its path, or of the user who federated.
  std::shared_ptr<const authz::CompiledSet> session_policies;  // Null: does not narrow.
  bool session_binds = false;  // As authz::PolicySet has it: whoever's the session is, its policies must allow.

  std::shared_ptr<const audit::Who> who;     // As audit records tell of them; null until one does.
  std::shared_ptr<const Outsider> outsider;  // Of outsiders only.
};

// Shared, because a request that waits for its commit outlives its place in the cache.
using IdentityPointer = std::shared_ptr<Identity>;

}  // namespace claviger::service

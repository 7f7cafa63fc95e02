// What an operation gets: who calls, when, and the one account it may touch.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "aws/caller.h"
#include "aws/outsider.h"
#include "base/clock.h"
#include "base/random.h"
#include "directory/directory.h"
#include "federation/issuer_keys.h"
#include "ops/slow_work.h"

namespace claviger::audit {
class DeliveryService;
class Trail;
}  // namespace claviger::audit

namespace claviger::ops {

// One attempt at one request. The pipeline commits what the operation did, and runs it again on a conflict: an
// operation has no side effects besides the directory.
struct OperationContext {
  const Caller& caller;
  directory::Directory& directory;  // Of the caller's account; of no account for outsiders.
  TimePoint now;
  Random& random;
  SlowWork& slow_work;
  // Of operations that need no signature: whether the role that the request names trusts whom the operation has proven
  // to ask. Errors: AccessDenied.
  std::function<Result<>(const Outsider&)> check_trust = {};
  federation::IssuerKeys* issuer_keys = nullptr;  // Null: no identity providers can be asked.
  std::string_view token_issuers = {};            // The address below which this installation's own issuers are.
  std::string_view region = {};                   // That the request was signed for.
  std::span<const Tag> principal_tags = {};       // Of the user, or of the role with the session's own.
  // Whether the caller has shown a code of its MFA device with this request; absent: nobody has looked yet.
  std::optional<bool> mfa_authenticated;
  // Set by an operation that fails, but whose changes count all the same: a wrong code or password is remembered.
  bool keep_when_failed = false;
  audit::Trail* trail = nullptr;                       // Null: there is no audit trail.
  const audit::DeliveryService* deliveries = nullptr;  // Null: nothing is delivered.

  [[nodiscard]] AccountId account() const { return directory.context.account; }
};

}  // namespace claviger::ops

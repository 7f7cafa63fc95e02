// The one place where it is decided whether a request is allowed.
// Pure and total: every input has a decision. Safe to call from any thread. Allocates nothing as long as no explanation
// is asked for (exceptions: actions beyond 128 bytes, variables that expand beyond 384, BinaryEquals).
// Follows "Policy evaluation logic" in the IAM User Guide; docs/reference/evaluation.md goes through it rule by rule.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "authz/compiled_set.h"
#include "authz/request.h"

namespace claviger::authz {

enum class Decision : std::uint8_t { kAllowed, kExplicitDeny, kImplicitDeny };

// The types of policy, in the order in which they are asked.
enum class Layer : std::uint8_t {
  kResourceControl,
  kServiceControl,
  kResource,  // The resource's own policy; kTrust when the resource is a role.
  kTrust,
  kIdentity,
  kBoundary,
  kSession,
  kRootUser,  // No policy: the root user of the account needs none.
};
inline constexpr std::size_t kLayerCount = 8;

// What the resource's policy has to say about principals of its own account.
enum class ResourceRule : std::uint8_t {
  kMayAllow,   // Most services: identity policies alone are enough.
  kMustAllow,  // KMS keys: without an Allow here there is no access.
  kTrust,      // Roles: the same, and the policy is the role's trust policy.
};

// The policies that bear on one request. A null set means that there is no policy of the type: nothing is allowed by
// it, and (for all but identity and, where it must allow, resource policies) nothing is narrowed by it.
struct PolicySet {
  // Of the user and its groups, of the role, or of the user who federated.
  const CompiledSet* identity = nullptr;
  const CompiledSet* boundary = nullptr;
  // Inline and managed together. Federated users can do nothing without, except by a resource's policy.
  const CompiledSet* session = nullptr;
  // The session policies must allow, whoever the caller is and whatever a resource's policy grants: they bind the root
  // user, too, whom session policies do not narrow otherwise.
  bool session_binds = false;
  const CompiledSet* resource = nullptr;
  ResourceRule resource_rule = ResourceRule::kMayAllow;
  // One per level, from the organization's root to the account. None: no organization, or its management account.
  std::span<const CompiledSet* const> service_control = {};   // Of the principal's account.
  std::span<const CompiledSet* const> resource_control = {};  // Of the resource's.
};

struct Verdict {
  Decision decision = Decision::kImplicitDeny;
  // The type of policy that decided: that allowed, that denied, or that should have allowed.
  Layer layer = Layer::kIdentity;
  // The statement that allowed or denied; of several, one. No policy for implicit denials and the root user.
  StatementRef statement;

  [[nodiscard]] bool allowed() const { return decision == Decision::kAllowed; }
};

// What became of one statement whose action covers the request's.
struct Trace {
  Layer layer = Layer::kIdentity;
  std::uint32_t level = 0;  // Of an organization's policies.
  StatementRef statement;
  bool applies = false;
  Element failed = Element::kNone;               // The first element that did not match.
  const CompiledCondition* condition = nullptr;  // If that was a condition.
};

// Points into request and policies: read it while they live.
struct Explanation {
  // Candidates of all layers, by layer, then in the order of policies and statements.
  std::vector<Trace> traces;
  // What each type of policy says by itself; nullopt where there is none or it does not count for this principal.
  std::array<std::optional<Decision>, kLayerCount> layers;
  // Keys that candidates read and the request does not have, in lower case, sorted.
  std::vector<std::string> missing_keys;
};

Verdict Evaluate(const RequestContext& request, const PolicySet& policies);
Verdict Evaluate(const RequestContext& request, const PolicySet& policies, Explanation& explanation);

// Why a candidate did not apply, for people: "condition StringEquals on aws:username wants `alice`, the request has
// `bob`". Empty when it applied.
std::string Describe(const Trace& trace, const RequestContext& request);

}  // namespace claviger::authz

#include "authz/evaluate.h"

#include <algorithm>

namespace claviger::authz {
namespace {

using Place = CompiledStatement::Place;

// What one layer, by itself, has to say.
struct Grant {
  bool allows = false;
  Naming naming = Naming::kNone;  // For the resource's policy: the strongest.
  StatementRef statement;
};

class Evaluation {
 public:
  Evaluation(const RequestContext& request, const PolicySet& policies)
      : request_(request), policies_(policies), action_(request.action) {
    using enum CallerKind;
    const CallerKind kind = request.principal.kind;
    has_identity_ = kind == kRoot || kind == kUser || kind == kRoleSession || kind == kFederatedUser;
    // Nobody can attach policies to a root user, and to those without an account there is nothing to attach to.
    has_policies_ = has_identity_ && kind != kRoot;
    // Service-linked roles and services stand outside an organization's control policies.
    obeys_resource_control_ = !request.principal.service_linked_role && kind != kService;
    obeys_service_control_ = has_identity_ && !request.principal.service_linked_role;
    same_account_ =
        has_identity_ && (request.resource_account.empty() || request.resource_account == request.principal.account);
  }

  Verdict Decide() {
    // 1. An explicit deny in any policy ends it.
    if (const auto denial = FindDenial()) return *denial;

    // 2. The organization of the resource must let it be used, on every level.
    // 3. The organization of the principal must let it act, on every level.
    if (obeys_resource_control_ && !AllLevelsAllow(policies_.resource_control)) {
      return Implicit(Layer::kResourceControl);
    }
    if (obeys_service_control_ && !AllLevelsAllow(policies_.service_control)) return Implicit(Layer::kServiceControl);

    // A session that is bound to its policies can do nothing that they do not allow.
    if (policies_.session_binds && !FindAllow(policies_.session).allows) return Implicit(Layer::kSession);

    // 4. The resource's policy: enough by itself within the account, depending on whom it names; half of what is
    // needed from another account. Those without an account have no other half.
    const Grant resource = FindResourceGrant();
    if (!has_identity_) return resource.allows ? Allowed(ResourceLayer(), resource) : Implicit(ResourceLayer());
    const bool must_allow = !same_account_ || policies_.resource_rule != ResourceRule::kMayAllow;
    if (must_allow && !resource.allows) return Implicit(ResourceLayer());
    if (same_account_ && resource.naming >= Naming::kEveryone) return Allowed(ResourceLayer(), resource);
    if (same_account_ && resource.naming == Naming::kIssuer) {
      const auto limit = FindLimit();
      return limit ? Implicit(*limit) : Allowed(ResourceLayer(), resource);
    }

    // The root user needs no policy, and nothing else narrows what it may do in its account.
    if (request_.principal.kind == CallerKind::kRoot) return {Decision::kAllowed, Layer::kRootUser, {}};

    // 5. Identity policies must allow; 6. and 7. boundary and session policies must not take it away.
    const Grant identity = FindAllow(policies_.identity);
    if (!identity.allows) return Implicit(Layer::kIdentity);
    if (const auto limit = FindLimit()) return Implicit(*limit);
    return Allowed(Layer::kIdentity, identity);
  }

  void Explain(Explanation& out) const {
    const auto levels = [&](std::span<const CompiledSet* const> sets, Layer layer, bool counts) {
      for (std::uint32_t i = 0; i < sets.size() && counts; ++i) ExplainLayer(out, sets[i], layer, i);
    };
    levels(policies_.resource_control, Layer::kResourceControl, obeys_resource_control_);
    levels(policies_.service_control, Layer::kServiceControl, obeys_service_control_);
    ExplainLayer(out, policies_.resource, ResourceLayer(), 0);
    if (has_policies_) {
      ExplainLayer(out, policies_.identity, Layer::kIdentity, 0);
      ExplainLayer(out, policies_.boundary, Layer::kBoundary, 0);
    }
    if (SessionCounts()) ExplainLayer(out, policies_.session, Layer::kSession, 0);
    if (request_.principal.kind == CallerKind::kRoot) {
      out.layers[static_cast<std::size_t>(Layer::kRootUser)] = Decision::kAllowed;
    }
    CollectMissingKeys(out);
  }

 private:
  [[nodiscard]] Layer ResourceLayer() const {
    return policies_.resource_rule == ResourceRule::kTrust ? Layer::kTrust : Layer::kResource;
  }

  [[nodiscard]] bool SessionCounts() const { return has_policies_ || policies_.session_binds; }

  static Verdict Implicit(Layer layer) { return {Decision::kImplicitDeny, layer, {}}; }
  static Verdict Allowed(Layer layer, const Grant& grant) { return {Decision::kAllowed, layer, grant.statement}; }

  static Place PlaceOf(Layer layer) {
    if (layer == Layer::kTrust) return Place::kTrust;
    return layer == Layer::kResource ? Place::kResource : Place::kIdentity;
  }

  std::optional<Verdict> DenialIn(const CompiledSet* set, Layer layer) const {
    if (set == nullptr) return std::nullopt;
    Verdict verdict{Decision::kExplicitDeny, layer, {}};
    const bool denied = set->VisitUntil(policy::Effect::kDeny, action_, [&](const StatementRef& ref) {
      verdict.statement = ref;
      return ref.statement().MatchRest(request_, PlaceOf(layer)).applies;
    });
    return denied ? std::optional(verdict) : std::nullopt;
  }

  [[nodiscard]] std::optional<Verdict> DenialInLevels(std::span<const CompiledSet* const> levels, Layer layer) const {
    for (const CompiledSet* level : levels) {
      if (auto denial = DenialIn(level, layer)) return denial;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Verdict> FindDenial() const {
    if (obeys_resource_control_) {
      if (auto denial = DenialInLevels(policies_.resource_control, Layer::kResourceControl)) return denial;
    }
    if (obeys_service_control_) {
      if (auto denial = DenialInLevels(policies_.service_control, Layer::kServiceControl)) return denial;
    }
    if (auto denial = DenialIn(policies_.resource, ResourceLayer())) return denial;
    if (has_policies_) {
      if (auto denial = DenialIn(policies_.identity, Layer::kIdentity)) return denial;
      if (auto denial = DenialIn(policies_.boundary, Layer::kBoundary)) return denial;
    }
    return SessionCounts() ? DenialIn(policies_.session, Layer::kSession) : std::nullopt;
  }

  Grant FindAllow(const CompiledSet* set) const {
    Grant grant;
    if (set == nullptr) return grant;
    grant.allows = set->VisitUntil(policy::Effect::kAllow, action_, [&](const StatementRef& ref) {
      grant.statement = ref;
      return ref.statement().MatchRest(request_, Place::kIdentity).applies;
    });
    return grant;
  }

  [[nodiscard]] bool AllLevelsAllow(std::span<const CompiledSet* const> levels) const {
    return std::ranges::all_of(levels, [&](const CompiledSet* level) { return FindAllow(level).allows; });
  }

  // Of all statements that allow, the one that names the principal most strongly.
  [[nodiscard]] Grant FindResourceGrant() const {
    Grant grant;
    if (policies_.resource == nullptr) return grant;
    policies_.resource->VisitUntil(policy::Effect::kAllow, action_, [&](const StatementRef& ref) {
      const CompiledStatement::Match match = ref.statement().MatchRest(request_, PlaceOf(ResourceLayer()));
      if (match.applies && match.naming > grant.naming) grant = {true, match.naming, ref};
      return grant.naming == Naming::kDirect;
    });
    return grant;
  }

  // Which of the narrowing layers does not let the request pass.
  [[nodiscard]] std::optional<Layer> FindLimit() const {
    if (policies_.boundary != nullptr && !FindAllow(policies_.boundary).allows) return Layer::kBoundary;
    const bool needs_session = request_.principal.kind == CallerKind::kFederatedUser;
    if ((needs_session || policies_.session != nullptr) && !FindAllow(policies_.session).allows) return Layer::kSession;
    return std::nullopt;
  }

  void ExplainLayer(Explanation& out, const CompiledSet* set, Layer layer, std::uint32_t level) const {
    if (set == nullptr) return;
    // The index may name a statement twice, and in its own order; where the references stand tells theirs.
    std::vector<const StatementRef*> candidates;
    for (const policy::Effect effect : {policy::Effect::kDeny, policy::Effect::kAllow}) {
      set->VisitUntil(effect, action_, [&](const StatementRef& ref) {
        candidates.push_back(&ref);
        return false;
      });
    }
    std::ranges::sort(candidates);
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());

    Decision decision = Decision::kImplicitDeny;
    for (const StatementRef* ref : candidates) {
      const CompiledStatement& statement = ref->statement();
      const CompiledStatement::Match match = statement.MatchRest(request_, PlaceOf(layer));
      out.traces.push_back({.layer = layer,
                            .level = level,
                            .statement = *ref,
                            .applies = match.applies,
                            .failed = match.failed,
                            .condition = match.condition});
      if (!match.applies || decision == Decision::kExplicitDeny) continue;
      decision = statement.denies() ? Decision::kExplicitDeny : Decision::kAllowed;
    }
    // Of several levels the strictest counts.
    auto& said = out.layers[static_cast<std::size_t>(layer)];
    if (!said || *said == Decision::kAllowed || decision == Decision::kExplicitDeny) said = decision;
  }

  void CollectMissingKeys(Explanation& out) const {
    for (const Trace& trace : out.traces) {
      for (const KeyName& key : trace.statement.statement().keys()) {
        if (!request_.keys.Find(key)) out.missing_keys.push_back(key.lower);
      }
    }
    std::ranges::sort(out.missing_keys);
    out.missing_keys.erase(std::unique(out.missing_keys.begin(), out.missing_keys.end()), out.missing_keys.end());
  }

  const RequestContext& request_;
  const PolicySet& policies_;
  ActionKey action_;
  bool has_identity_;
  bool has_policies_;
  bool obeys_resource_control_;
  bool obeys_service_control_;
  bool same_account_;
};

}  // namespace

Verdict Evaluate(const RequestContext& request, const PolicySet& policies) {
  return Evaluation(request, policies).Decide();
}

Verdict Evaluate(const RequestContext& request, const PolicySet& policies, Explanation& explanation) {
  explanation = {};
  Evaluation evaluation(request, policies);
  evaluation.Explain(explanation);
  return evaluation.Decide();
}

}  // namespace claviger::authz

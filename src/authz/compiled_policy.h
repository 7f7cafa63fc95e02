// Policies prepared for deciding: done once per policy version and then shared. Immutable, so any number of threads may
// use one at the same time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authz/condition.h"
#include "authz/pattern.h"
#include "authz/principal_match.h"
#include "authz/request.h"
#include "policy/document.h"

namespace claviger::authz {

// Where a policy comes from, for explanations.
struct PolicySource {
  std::string id;   // As the simulation operations name it: "AdministratorAccess", "PolicyInputList.1", "user_bob_p".
  std::string arn;  // Of a managed policy; else empty.
};

// One entry of Action or NotAction, in lower case.
struct ActionPattern {
  std::string lower;
  std::uint32_t literal_bytes = 0;  // In front of the first wildcard.
  bool exact = true;                // Without wildcards.
  bool prefix = false;              // One `*`, at the end.

  [[nodiscard]] bool Matches(std::string_view lower_action) const;
};

// The element of a statement that kept it from applying.
enum class Element : std::uint8_t { kNone, kAction, kPrincipal, kResource, kCondition };

class CompiledStatement {
 public:
  // What may be left out depends on where the policy stands.
  enum class Place : std::uint8_t {
    kIdentity,  // And everything else that names no principals.
    kResource,  // An Allow without Principal allows nobody.
    kTrust,     // As kResource; the resource is the role and goes without saying.
  };

  struct Match {
    bool applies = false;
    Naming naming = Naming::kNone;                 // Of an Allow with a Principal.
    Element failed = Element::kNone;               // The first that did not match.
    const CompiledCondition* condition = nullptr;  // If it was a condition.
  };

  // Points into `statement`, which must outlive it.
  CompiledStatement(const policy::Statement& statement, bool variables);

  [[nodiscard]] bool MatchesAction(std::string_view lower_action) const;

  // Whether the statement applies, given that its action matches. A condition or resource that cannot be decided keeps
  // an Allow from applying and lets a Deny apply.
  [[nodiscard]] Match MatchRest(const RequestContext& request, Place place) const;

  [[nodiscard]] bool denies() const { return source_->effect == policy::Effect::kDeny; }
  [[nodiscard]] bool negates_actions() const { return source_->action.negated; }
  [[nodiscard]] std::span<const ActionPattern> actions() const { return actions_; }
  [[nodiscard]] const policy::Statement& source() const { return *source_; }
  // Every key that conditions and variables read.
  [[nodiscard]] std::span<const KeyName> keys() const { return keys_; }

 private:
  [[nodiscard]] bool MatchesResource(const RequestContext& request) const;

  const policy::Statement* source_;
  std::vector<ActionPattern> actions_;
  std::optional<CompiledPrincipals> principals_;
  std::vector<Pattern> resources_;
  std::vector<CompiledCondition> conditions_;
  std::vector<KeyName> keys_;
};

class CompiledPolicy {
 public:
  CompiledPolicy(std::shared_ptr<const policy::Document> document, PolicySource source);
  CompiledPolicy(const CompiledPolicy&) = delete;
  CompiledPolicy& operator=(const CompiledPolicy&) = delete;

  [[nodiscard]] const policy::Document& document() const { return *document_; }
  [[nodiscard]] const PolicySource& source() const { return source_; }
  [[nodiscard]] std::span<const CompiledStatement> statements() const { return statements_; }

 private:
  std::shared_ptr<const policy::Document> document_;
  PolicySource source_;
  std::vector<CompiledStatement> statements_;
};

std::shared_ptr<const CompiledPolicy> Compile(std::shared_ptr<const policy::Document> document, PolicySource source);

}  // namespace claviger::authz

// One condition of a statement, compiled: its values are already parsed as the operator's type. Immutable.
// Source: "Condition operators" and "Multivalued context keys" in the IAM User Guide.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "authz/context_keys.h"
#include "authz/pattern.h"
#include "authz/value.h"
#include "policy/date.h"
#include "policy/document.h"

namespace claviger::authz {

class CompiledCondition {
 public:
  // Keeps a pointer to `condition`, which must outlive it. `variables`: whether the document's version knows them.
  CompiledCondition(const policy::Condition& condition, bool variables);

  // kBroken when the outcome hangs on a value, of policy or request, that is not of the operator's type.
  [[nodiscard]] Truth Holds(const ContextKeys& keys) const;

  [[nodiscard]] const KeyName& key() const { return key_; }
  [[nodiscard]] const policy::Condition& source() const { return *source_; }
  // Adds the keys that it reads: its own and those of its variables.
  void CollectKeys(std::vector<KeyName>& out) const;

 private:
  struct Unusable {};
  // A Decimal's text is the source's. A Pattern serves strings, ARNs and Bools with variables.
  using Value = std::variant<Unusable, Pattern, Decimal, policy::Instant, IpNetwork, bool, std::string>;

  static Value CompileValue(policy::Comparison comparison, std::string_view text, bool variables);
  [[nodiscard]] Truth Compare(const Value& value, std::string_view request, const ContextKeys& keys) const;
  [[nodiscard]] Truth MatchesAny(std::string_view request, const ContextKeys& keys) const;
  [[nodiscard]] Truth HoldsNull(bool present) const;

  const policy::Condition* source_;
  policy::ConditionOperator op_;
  KeyName key_;
  std::vector<Value> values_;
};

}  // namespace claviger::authz

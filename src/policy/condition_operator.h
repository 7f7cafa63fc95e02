// The condition operators of the policy language. Pure.
// Source: "Condition operators" and "Multivalued context keys" in the IAM User Guide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace claviger::policy {

// How two values are compared. An operator and its negation share one, except for Null, which compares nothing.
enum class Comparison : std::uint8_t {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLess,
  kNumericLessEquals,
  kNumericGreater,
  kNumericGreaterEquals,
  kDateEquals,
  kDateLess,
  kDateLessEquals,
  kDateGreater,
  kDateGreaterEquals,
  kBool,
  kBinaryEquals,
  kIpAddress,
  kArnEquals,  // The same as ArnLike, kept apart so that a document comes back as it was spelled.
  kArnLike,
  kNull,
};

// What a set operator in front of the name asks of the request's values.
enum class Quantifier : std::uint8_t { kNone, kForAllValues, kForAnyValue };

struct ConditionOperator {
  Comparison comparison = Comparison::kStringEquals;
  bool negated = false;
  Quantifier quantifier = Quantifier::kNone;
  bool if_exists = false;

  bool operator==(const ConditionOperator&) const = default;
};

// Takes AWS's exact spelling, e.g. "ForAnyValue:StringLikeIfExists"; nullopt for any other text.
// Null takes neither a set operator nor IfExists.
std::optional<ConditionOperator> ParseConditionOperator(std::string_view name);

// The spelling that ParseConditionOperator takes.
std::string ConditionOperatorName(const ConditionOperator& op);

// String*, Arn* and Bool values may hold variables; the others never do.
bool TakesVariables(Comparison comparison);

// Only StringLike and the Arn operators read `*` and `?` as wildcards.
bool TakesWildcards(Comparison comparison);

bool IsDateComparison(Comparison comparison);

}  // namespace claviger::policy

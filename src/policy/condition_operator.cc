#include "policy/condition_operator.h"

#include <array>

namespace claviger::policy {
namespace {

struct NamedOperator {
  std::string_view name;
  Comparison comparison;
  bool negated;
};

constexpr std::array kOperators = {
    NamedOperator{"StringEquals", Comparison::kStringEquals, false},
    NamedOperator{"StringNotEquals", Comparison::kStringEquals, true},
    NamedOperator{"StringEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase, false},
    NamedOperator{"StringNotEqualsIgnoreCase", Comparison::kStringEqualsIgnoreCase, true},
    NamedOperator{"StringLike", Comparison::kStringLike, false},
    NamedOperator{"StringNotLike", Comparison::kStringLike, true},
    NamedOperator{"NumericEquals", Comparison::kNumericEquals, false},
    NamedOperator{"NumericNotEquals", Comparison::kNumericEquals, true},
    NamedOperator{"NumericLessThan", Comparison::kNumericLess, false},
    NamedOperator{"NumericLessThanEquals", Comparison::kNumericLessEquals, false},
    NamedOperator{"NumericGreaterThan", Comparison::kNumericGreater, false},
    NamedOperator{"NumericGreaterThanEquals", Comparison::kNumericGreaterEquals, false},
    NamedOperator{"DateEquals", Comparison::kDateEquals, false},
    NamedOperator{"DateNotEquals", Comparison::kDateEquals, true},
    NamedOperator{"DateLessThan", Comparison::kDateLess, false},
    NamedOperator{"DateLessThanEquals", Comparison::kDateLessEquals, false},
    NamedOperator{"DateGreaterThan", Comparison::kDateGreater, false},
    NamedOperator{"DateGreaterThanEquals", Comparison::kDateGreaterEquals, false},
    NamedOperator{"Bool", Comparison::kBool, false},
    NamedOperator{"BinaryEquals", Comparison::kBinaryEquals, false},
    NamedOperator{"IpAddress", Comparison::kIpAddress, false},
    NamedOperator{"NotIpAddress", Comparison::kIpAddress, true},
    NamedOperator{"ArnLike", Comparison::kArnLike, false},
    NamedOperator{"ArnEquals", Comparison::kArnEquals, false},
    NamedOperator{"ArnNotLike", Comparison::kArnLike, true},
    NamedOperator{"ArnNotEquals", Comparison::kArnEquals, true},
    NamedOperator{"Null", Comparison::kNull, false},
};

constexpr std::string_view kForAllValues = "ForAllValues:";
constexpr std::string_view kForAnyValue = "ForAnyValue:";
constexpr std::string_view kIfExists = "IfExists";

}  // namespace

std::optional<ConditionOperator> ParseConditionOperator(std::string_view name) {
  ConditionOperator op;
  if (name.starts_with(kForAllValues)) {
    op.quantifier = Quantifier::kForAllValues;
    name.remove_prefix(kForAllValues.size());
  } else if (name.starts_with(kForAnyValue)) {
    op.quantifier = Quantifier::kForAnyValue;
    name.remove_prefix(kForAnyValue.size());
  }
  if (name.ends_with(kIfExists)) {
    op.if_exists = true;
    name.remove_suffix(kIfExists.size());
  }
  for (const NamedOperator& known : kOperators) {
    if (known.name != name) continue;
    op.comparison = known.comparison;
    op.negated = known.negated;
    if (op.comparison == Comparison::kNull && (op.if_exists || op.quantifier != Quantifier::kNone)) return std::nullopt;
    return op;
  }
  return std::nullopt;
}

std::string ConditionOperatorName(const ConditionOperator& op) {
  std::string name;
  if (op.quantifier == Quantifier::kForAllValues) name = kForAllValues;
  if (op.quantifier == Quantifier::kForAnyValue) name = kForAnyValue;
  for (const NamedOperator& known : kOperators) {
    if (known.comparison != op.comparison || known.negated != op.negated) continue;
    name += known.name;
    break;
  }
  if (op.if_exists) name += kIfExists;
  return name;
}

bool TakesVariables(Comparison comparison) {
  return comparison <= Comparison::kStringLike || comparison == Comparison::kBool ||
         comparison == Comparison::kArnEquals || comparison == Comparison::kArnLike;
}

bool TakesWildcards(Comparison comparison) {
  return comparison == Comparison::kStringLike || comparison == Comparison::kArnEquals ||
         comparison == Comparison::kArnLike;
}

bool IsDateComparison(Comparison comparison) {
  return comparison >= Comparison::kDateEquals && comparison <= Comparison::kDateGreaterEquals;
}

}  // namespace claviger::policy

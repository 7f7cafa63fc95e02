#include "authz/condition.h"

#include <compare>
#include <utility>

#include "base/encoding.h"

namespace claviger::authz {
namespace {

using policy::Comparison;
using policy::Quantifier;

Truth FromBool(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

// Kleene's three-valued logic: what is broken matters only while the rest leaves the outcome open.
Truth Or(Truth a, Truth b) {
  if (a == Truth::kTrue || b == Truth::kTrue) return Truth::kTrue;
  return a == Truth::kBroken || b == Truth::kBroken ? Truth::kBroken : Truth::kFalse;
}
Truth Not(Truth a) {
  if (a == Truth::kBroken) return a;
  return FromBool(a == Truth::kFalse);
}
Truth And(Truth a, Truth b) { return Not(Or(Not(a), Not(b))); }

// Whether `request` stands to `value` as the operator asks.
template <class T>
Truth CompareOrdered(Comparison comparison, const T& request, const T& value) {
  const auto order = request <=> value;
  switch (comparison) {
    case Comparison::kNumericEquals:
    case Comparison::kDateEquals:
      return FromBool(std::is_eq(order));
    case Comparison::kNumericLess:
    case Comparison::kDateLess:
      return FromBool(std::is_lt(order));
    case Comparison::kNumericLessEquals:
    case Comparison::kDateLessEquals:
      return FromBool(std::is_lteq(order));
    case Comparison::kNumericGreater:
    case Comparison::kDateGreater:
      return FromBool(std::is_gt(order));
    case Comparison::kNumericGreaterEquals:
    case Comparison::kDateGreaterEquals:
      return FromBool(std::is_gteq(order));
    default:
      return Truth::kBroken;
  }
}

PatternGrammar GrammarOf(Comparison comparison) {
  switch (comparison) {
    case Comparison::kStringEqualsIgnoreCase:
      return PatternGrammar::kIgnoreCase;
    case Comparison::kStringLike:
      return PatternGrammar::kWildcards;
    case Comparison::kArnEquals:
    case Comparison::kArnLike:
      return PatternGrammar::kArn;
    default:
      return PatternGrammar::kExact;
  }
}

// AWS counts a key whose values are all empty as having none when a set operator looks at it.
bool IsNullDataSet(const ContextKeys::Values& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].empty()) return false;
  }
  return true;
}

}  // namespace

CompiledCondition::CompiledCondition(const policy::Condition& condition, bool variables)
    : source_(&condition), op_(condition.op), key_(condition.key) {
  values_.reserve(condition.values.size());
  for (const std::string& value : condition.values) {
    values_.push_back(CompileValue(op_.comparison, value, variables && policy::TakesVariables(op_.comparison)));
  }
}

CompiledCondition::Value CompiledCondition::CompileValue(Comparison comparison, std::string_view text, bool variables) {
  const auto or_unusable = [](auto parsed) -> Value {
    if (!parsed) return Unusable{};
    return *std::move(parsed);
  };
  switch (comparison) {
    case Comparison::kNumericEquals:
    case Comparison::kNumericLess:
    case Comparison::kNumericLessEquals:
    case Comparison::kNumericGreater:
    case Comparison::kNumericGreaterEquals:
      return or_unusable(ParseDecimal(text));
    case Comparison::kDateEquals:
    case Comparison::kDateLess:
    case Comparison::kDateLessEquals:
    case Comparison::kDateGreater:
    case Comparison::kDateGreaterEquals:
      return or_unusable(policy::ParseInstant(text));
    case Comparison::kIpAddress:
      return or_unusable(ParseIpNetwork(text));
    case Comparison::kBinaryEquals:
      return or_unusable(Base64Decode(text));
    case Comparison::kNull:
      return or_unusable(ParseBool(text));
    case Comparison::kBool: {
      Pattern pattern(text, PatternGrammar::kExact, variables);
      return pattern.HasVariables() ? Value(std::move(pattern)) : or_unusable(ParseBool(text));
    }
    case Comparison::kStringEquals:
    case Comparison::kStringEqualsIgnoreCase:
    case Comparison::kStringLike:
    case Comparison::kArnEquals:
    case Comparison::kArnLike:
      return Pattern(text, GrammarOf(comparison), variables);
  }
  return Unusable{};
}

Truth CompiledCondition::Compare(const Value& value, std::string_view request, const ContextKeys& keys) const {
  if (std::holds_alternative<Unusable>(value)) return Truth::kBroken;
  if (op_.comparison == Comparison::kBool) {
    const auto actual = ParseBool(request);
    if (!actual) return Truth::kBroken;
    if (const bool* wanted = std::get_if<bool>(&value)) return FromBool(*actual == *wanted);
    const auto text = std::get<Pattern>(value).Expand(keys);
    if (!text) return Truth::kFalse;
    const auto wanted = ParseBool(*text);
    return wanted ? FromBool(*actual == *wanted) : Truth::kBroken;
  }
  if (const auto* pattern = std::get_if<Pattern>(&value)) return pattern->Match(request, keys);
  if (const auto* number = std::get_if<Decimal>(&value)) {
    const auto actual = ParseDecimal(request);
    return actual ? CompareOrdered(op_.comparison, *actual, *number) : Truth::kBroken;
  }
  if (const auto* date = std::get_if<policy::Instant>(&value)) {
    const auto actual = policy::ParseInstant(request);
    return actual ? CompareOrdered(op_.comparison, *actual, *date) : Truth::kBroken;
  }
  if (const auto* network = std::get_if<IpNetwork>(&value)) {
    const auto actual = ParseIpAddress(request);
    return actual ? FromBool(network->Contains(*actual)) : Truth::kBroken;
  }
  if (const auto* bytes = std::get_if<std::string>(&value)) {
    const auto actual = Base64Decode(request);
    return actual ? FromBool(*actual == *bytes) : Truth::kBroken;
  }
  return Truth::kBroken;
}

// The values of one key are alternatives.
Truth CompiledCondition::MatchesAny(std::string_view request, const ContextKeys& keys) const {
  Truth any = Truth::kFalse;
  for (const Value& value : values_) {
    any = Or(any, Compare(value, request, keys));
    if (any == Truth::kTrue) break;
  }
  return any;
}

Truth CompiledCondition::HoldsNull(bool present) const {
  Truth any = Truth::kFalse;
  for (const Value& value : values_) {
    const bool* wants_absent = std::get_if<bool>(&value);
    any = Or(any, wants_absent == nullptr ? Truth::kBroken : FromBool(*wants_absent != present));
  }
  return any;
}

Truth CompiledCondition::Holds(const ContextKeys& keys) const {
  const auto values = keys.Find(key_);
  if (op_.comparison == Comparison::kNull) return HoldsNull(values.has_value());
  if (!values) {
    // Absent: IfExists is content; then the set operator says what nothing means; then only a negation holds.
    if (op_.if_exists) return Truth::kTrue;
    if (op_.quantifier != Quantifier::kNone) return FromBool(op_.quantifier == Quantifier::kForAllValues);
    return FromBool(op_.negated);
  }
  if (op_.quantifier == Quantifier::kNone) {
    // Several values without a set operator, which AWS leaves open: one of them must match, or none for a negation.
    Truth any = Truth::kFalse;
    for (std::size_t i = 0; i < values->size() && any != Truth::kTrue; ++i)
      any = Or(any, MatchesAny((*values)[i], keys));
    return op_.negated ? Not(any) : any;
  }
  const bool all = op_.quantifier == Quantifier::kForAllValues;
  if (IsNullDataSet(*values)) return FromBool(all);
  Truth outcome = FromBool(all);
  for (std::size_t i = 0; i < values->size(); ++i) {
    const Truth one = MatchesAny((*values)[i], keys);
    outcome = all ? And(outcome, op_.negated ? Not(one) : one) : Or(outcome, op_.negated ? Not(one) : one);
  }
  return outcome;
}

void CompiledCondition::CollectKeys(std::vector<KeyName>& out) const {
  out.push_back(key_);
  for (const Value& value : values_) {
    if (const auto* pattern = std::get_if<Pattern>(&value)) pattern->CollectKeys(out);
  }
}

}  // namespace claviger::authz

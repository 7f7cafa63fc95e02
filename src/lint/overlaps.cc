#include "lint/glob.h"
#include "lint/rules.h"

namespace claviger::lint {
namespace {

using policy::PatternElement;
using policy::Statement;

std::string NameOf(const policy::Document& document, std::size_t index) {
  std::string name = "statement " + std::to_string(index + 1);
  const auto& sid = document.statements[index].sid;
  return sid && !sid->empty() ? name + " `" + *sid + "`" : name;
}

// Whether each pattern of `inner` is covered by one of `outer`.
bool CoversAll(const PatternElement& outer, const PatternElement& inner, bool ignore_case) {
  if (outer.negated || inner.negated) return outer == inner;
  const auto text = [&](const std::string& pattern) { return ignore_case ? AsciiLower(pattern) : pattern; };
  return std::ranges::all_of(inner.patterns, [&](const std::string& wanted) {
    return std::ranges::any_of(outer.patterns,
                               [&](const std::string& given) { return Covers(text(given), text(wanted)); });
  });
}

// Whether `outer` applies to every request that `inner` applies to.
bool Takes(const Statement& outer, const Statement& inner) {
  if (!outer.conditions.empty() && outer.conditions != inner.conditions) return false;
  if (outer.principal && outer.principal != inner.principal &&
      !(outer.principal->everyone && !outer.principal->negated)) {
    return false;
  }
  if (outer.resource.has_value() != inner.resource.has_value()) return false;
  // Variables stand for other text each time, but the same variable for the same.
  return CoversAll(outer.action, inner.action, true) &&
         (!outer.resource || CoversAll(*outer.resource, *inner.resource, false));
}

}  // namespace

void ReviewOverlaps(const Review& review) {
  const Statement& statement = review.statement();
  const auto& all = review.document.statements;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Statement& other = all[i];
    if (i == review.index || !Takes(other, statement)) continue;
    if (other.effect == statement.effect) {
      const bool both = Takes(statement, other);
      if (both && i > review.index) continue;  // Said of the later one.
      review.Say(both ? "duplicate-statement" : "redundant-statement",
                 NameOf(review.document, i) + (both ? " says the same" : " says this and more"));
    } else if (review.allows()) {
      review.Say("unreachable-allow", NameOf(review.document, i) + " denies all that this allows");
    } else {
      continue;
    }
    return;
  }
}

}  // namespace claviger::lint

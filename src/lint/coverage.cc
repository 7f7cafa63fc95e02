#include "lint/coverage.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "lint/glob.h"

namespace claviger::lint {
namespace {

using policy::Document;
using policy::Effect;
using policy::PatternElement;
using policy::Statement;

// One action, or pattern of them, on one resource, or pattern of them.
struct Wish {
  std::string action;  // In lower case.
  std::string resource;
  bool exact = true;  // Every request that it is about is wanted.
};

bool HasVariables(const Document& document, std::string_view pattern) {
  return document.version == policy::Version::k20121017 && pattern.find("${") != std::string_view::npos;
}

// What a pattern of the document may be about.
std::string Widened(const Document& document, const std::string& pattern) {
  return HasVariables(document, pattern) ? VariablesAsRuns(pattern) : pattern;
}

// The wishes of one list: its patterns, or anything where it says what is not meant.
std::vector<std::string> Texts(const PatternElement& element) {
  return element.negated ? std::vector<std::string>{"*"} : element.patterns;
}

std::vector<Wish> WishesOf(const Document& wanted) {
  std::vector<Wish> wishes;
  for (const Statement& statement : wanted.statements) {
    if (statement.effect == Effect::kDeny || !statement.resource) continue;
    const bool exact = statement.conditions.empty() && !statement.action.negated && !statement.resource->negated;
    for (const std::string& action : Texts(statement.action)) {
      for (const std::string& resource : Texts(*statement.resource)) {
        wishes.push_back({.action = AsciiLower(action),
                          .resource = Widened(wanted, resource),
                          .exact = exact && !HasVariables(wanted, resource)});
      }
    }
  }
  return wishes;
}

// Whether the statement is about all, or about some, of what is wished.
struct Reach {
  bool all = false;
  bool some = false;
};

Reach ReachOfAction(const Statement& statement, const Wish& wish) {
  const auto& patterns = statement.action.patterns;
  const bool covers =
      std::ranges::any_of(patterns, [&](const std::string& p) { return Covers(AsciiLower(p), wish.action); });
  const bool overlaps =
      std::ranges::any_of(patterns, [&](const std::string& p) { return MayOverlap(AsciiLower(p), wish.action); });
  if (statement.action.negated) return {.all = !overlaps, .some = !covers};
  return {.all = covers, .some = overlaps};
}

Reach ReachOfResource(const Document& document, const Statement& statement, const Wish& wish) {
  if (!statement.resource) return {.all = true, .some = true};
  const auto& patterns = statement.resource->patterns;
  // What a variable stands for is not known: it may be just that, or never.
  const bool covers = std::ranges::any_of(
      patterns, [&](const std::string& p) { return !HasVariables(document, p) && Covers(p, wish.resource); });
  const bool overlaps = std::ranges::any_of(
      patterns, [&](const std::string& p) { return ArnsMayOverlap(Widened(document, p), wish.resource); });
  if (statement.resource->negated) return {.all = !overlaps, .some = !covers};
  return {.all = covers, .some = overlaps};
}

// Whether the statement certainly is about whatever its patterns match.
bool IsPlain(const Document& document, const Statement& statement) {
  if (!statement.conditions.empty()) return false;
  return !statement.resource || std::ranges::none_of(statement.resource->patterns, [&](const std::string& pattern) {
    return HasVariables(document, pattern);
  });
}

Coverage CoverageBy(const PolicyLayer& layer, const Wish& wish) {
  bool allowed = false;
  bool perhaps_allowed = false;
  bool perhaps_denied = false;
  for (const auto& document : layer) {
    for (const Statement& statement : document->statements) {
      const Reach action = ReachOfAction(statement, wish);
      const Reach resource = ReachOfResource(*document, statement, wish);
      if (!action.some || !resource.some) continue;
      const bool plain = IsPlain(*document, statement);
      const bool all = action.all && resource.all;
      if (statement.effect == Effect::kAllow) {
        perhaps_allowed = true;
        allowed = allowed || (all && statement.conditions.empty());
      } else if (plain && (all || wish.exact)) {
        return Coverage::kNotAll;
      } else {
        perhaps_denied = true;
      }
    }
  }
  if (!perhaps_allowed) return Coverage::kNotAll;
  return allowed && !perhaps_denied ? Coverage::kAll : Coverage::kUnsure;
}

}  // namespace

Coverage CoverageOf(const Document& wanted, std::span<const PolicyLayer> layers) {
  Coverage coverage = Coverage::kAll;
  for (const Wish& wish : WishesOf(wanted)) {
    for (const PolicyLayer& layer : layers) {
      const Coverage by_layer = CoverageBy(layer, wish);
      if (by_layer == Coverage::kNotAll) return by_layer;
      if (by_layer == Coverage::kUnsure) coverage = by_layer;
    }
  }
  return coverage;
}

}  // namespace claviger::lint

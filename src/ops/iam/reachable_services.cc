#include "ops/iam/reachable_services.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "authz/pattern.h"
#include "base/text.h"

namespace claviger::ops::iam {
namespace {

constexpr std::string_view kWildcards = "*?";

// "s3" of "s3:GetObject"; empty when wildcards stand for several services.
std::string NamespaceOf(std::string_view pattern) {
  std::string name_space = AsciiLower(pattern.substr(0, pattern.find(':')));
  if (name_space.find_first_of(kWildcards) != std::string::npos) name_space.clear();
  return name_space;
}

// The patterns that can match actions of this service.
std::vector<authz::Pattern> PatternsFor(const policy::PatternElement& element, std::string_view name_space) {
  std::vector<authz::Pattern> patterns;
  for (const std::string& text : element.patterns) {
    const std::string named = NamespaceOf(text);
    if (!named.empty() && named != name_space) continue;
    patterns.emplace_back(AsciiLower(text), authz::PatternGrammar::kWildcards, false);
  }
  return patterns;
}

void AddStatement(const policy::PatternElement& element, const directory::ServiceCatalogue& catalogue,
                  ReachableServices& access) {
  const authz::ContextKeys no_keys;
  for (const directory::ServiceFacts& service : catalogue.services()) {
    const std::vector<authz::Pattern> patterns = PatternsFor(element, service.name_space);
    if (patterns.empty() && !element.negated) continue;
    for (const std::string& action : service.actions) {
      const std::string text = service.name_space + ":" + AsciiLower(action);
      const bool named = std::ranges::any_of(
          patterns, [&](const authz::Pattern& pattern) { return pattern.Match(text, no_keys) == authz::Truth::kTrue; });
      if (named != element.negated) access[service.name_space].insert(action);
    }
  }
  if (element.negated) return;
  for (const std::string& text : element.patterns) {
    const std::string name_space = NamespaceOf(text);
    if (!name_space.empty() && catalogue.Find(name_space) == nullptr) access.try_emplace(name_space);
  }
}

}  // namespace

void AddReachable(const policy::Document& document, const directory::ServiceCatalogue& catalogue,
                  ReachableServices& access) {
  for (const policy::Statement& statement : document.statements) {
    if (statement.effect == policy::Effect::kAllow) AddStatement(statement.action, catalogue, access);
  }
}

}  // namespace claviger::ops::iam

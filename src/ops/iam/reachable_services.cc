#include "ops/iam/reachable_services.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/pattern.h"
#include "base/text.h"
#include "policy/parse.h"

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

// Whether an element stands for an action, written in lower case: "s3:getobject". `patterns` are those of its service.
bool Covers(const policy::PatternElement& element, const std::vector<authz::Pattern>& patterns,
            const std::string& action) {
  static const authz::ContextKeys no_keys;
  const bool named = std::ranges::any_of(
      patterns, [&](const authz::Pattern& pattern) { return pattern.Match(action, no_keys) == authz::Truth::kTrue; });
  return named != element.negated;
}

// The services that an element names although the catalogue does not know them.
std::set<std::string> UnknownServices(const policy::PatternElement& element,
                                      const directory::ServiceCatalogue& catalogue) {
  std::set<std::string> unknown;
  if (element.negated) return unknown;
  for (const std::string& text : element.patterns) {
    std::string name_space = NamespaceOf(text);
    if (!name_space.empty() && catalogue.Find(name_space) == nullptr) unknown.insert(std::move(name_space));
  }
  return unknown;
}

void AddStatement(const policy::PatternElement& element, const directory::ServiceCatalogue& catalogue,
                  ReachableServices& access) {
  for (const directory::ServiceFacts& service : catalogue.services()) {
    const std::vector<authz::Pattern> patterns = PatternsFor(element, service.name_space);
    if (patterns.empty() && !element.negated) continue;
    for (const std::string& action : service.actions) {
      if (Covers(element, patterns, service.name_space + ":" + AsciiLower(action))) {
        access[service.name_space].insert(action);
      }
    }
  }
  for (const std::string& name_space : UnknownServices(element, catalogue)) access.try_emplace(name_space);
}

using Documents = std::vector<std::shared_ptr<const policy::Document>>;

// One statement, as far as it can be about a service.
struct Part {
  const policy::PatternElement* element;
  std::vector<authz::Pattern> patterns;
};

bool CoversAny(const std::vector<Part>& parts, const std::string& action) {
  return std::ranges::any_of(parts, [&](const Part& part) { return Covers(*part.element, part.patterns, action); });
}

// Whether it denies without any ifs.
bool IsForAll(const policy::Statement& statement) {
  const auto& resource = statement.resource;
  const bool everywhere = !resource || (!resource->negated && std::ranges::count(resource->patterns, "*") > 0);
  return everywhere && statement.conditions.empty();
}

bool NamesService(const policy::PatternElement& element, std::string_view name_space) {
  return !element.negated && std::ranges::any_of(element.patterns, [&](const std::string& text) {
    return NamespaceOf(text) == name_space;
  });
}

// Leaves of a service's actions, in lower case, those that one level lets through. Of a service that is `unknown` to
// the catalogue they are the one "sqs:*", which any statement that names the service allows.
void Narrow(const Documents& level, std::string_view name_space, bool unknown, std::vector<std::string>& actions) {
  std::vector<Part> allowed;
  std::vector<Part> denied;
  bool all_allowed = false;
  for (const auto& document : level) {
    for (const policy::Statement& statement : document->statements) {
      const bool allows = statement.effect == policy::Effect::kAllow;
      if (!allows && !IsForAll(statement)) continue;
      (allows ? allowed : denied).push_back({&statement.action, PatternsFor(statement.action, name_space)});
      all_allowed = all_allowed || (unknown && allows && NamesService(statement.action, name_space));
    }
  }
  std::erase_if(actions, [&](const std::string& action) {
    return !(all_allowed || CoversAny(allowed, action)) || CoversAny(denied, action);
  });
}

}  // namespace

void AddReachable(const policy::Document& document, const directory::ServiceCatalogue& catalogue,
                  ReachableServices& access) {
  for (const policy::Statement& statement : document.statements) {
    if (statement.effect == policy::Effect::kAllow) AddStatement(statement.action, catalogue, access);
  }
}

std::vector<std::string> ServicesLeftBy(const std::vector<ControlLevel>& levels,
                                        const directory::ServiceCatalogue& catalogue) {
  std::vector<Documents> parsed;
  std::set<std::string> name_spaces;
  for (const directory::ServiceFacts& service : catalogue.services()) name_spaces.insert(service.name_space);
  for (const ControlLevel& level : levels) {
    Documents& documents = parsed.emplace_back();
    for (const std::string& text : level) {
      const auto document = policy::Parse(text, policy::Kind::kAny);
      if (!document.ok()) continue;
      documents.push_back(*document);
      for (const policy::Statement& statement : (*document)->statements) {
        if (statement.effect == policy::Effect::kAllow) name_spaces.merge(UnknownServices(statement.action, catalogue));
      }
    }
  }
  std::erase_if(name_spaces, [&](const std::string& name_space) {
    const directory::ServiceFacts* facts = catalogue.Find(name_space);
    std::vector<std::string> left;
    if (facts == nullptr) left.push_back(name_space + ":*");
    for (const std::string& action : facts == nullptr ? std::vector<std::string>() : facts->actions) {
      left.push_back(name_space + ":" + AsciiLower(action));
    }
    for (const Documents& level : parsed) Narrow(level, name_space, facts == nullptr, left);
    return !levels.empty() && left.empty();
  });
  return {name_spaces.begin(), name_spaces.end()};
}

}  // namespace claviger::ops::iam

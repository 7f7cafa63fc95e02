#include "authz/service_access.h"

#include <algorithm>
#include <string>

#include "authz/pattern.h"
#include "base/text.h"

namespace claviger::authz {
namespace {

bool IsRun(std::string_view text) { return !text.empty() && text.find_first_not_of('*') == std::string_view::npos; }

// An entry of Action taken apart at its colon; `*` alone is any action of any service.
struct Entry {
  explicit Entry(std::string_view action) {
    const std::size_t colon = action.find(':');
    if (colon == std::string_view::npos) {
      service = action;
      name = IsRun(action) ? action : std::string_view();
    } else {
      service = action.substr(0, colon);
      name = action.substr(colon + 1);
    }
  }
  std::string_view service;
  std::string_view name;
};

bool IsOfService(const Entry& entry, std::string_view service) {
  if (entry.service.find_first_of("*?") == std::string_view::npos) return EqualsIgnoreCase(entry.service, service);
  const Pattern pattern(AsciiLower(entry.service), PatternGrammar::kWildcards, false);
  return pattern.Match(AsciiLower(service), ContextKeys()) == Truth::kTrue;
}

bool CoversSome(std::string_view action, std::string_view service) {
  const Entry entry(action);
  return !entry.name.empty() && IsOfService(entry, service);
}

bool CoversAll(std::string_view action, std::string_view service) {
  const Entry entry(action);
  return IsRun(entry.name) && IsOfService(entry, service);
}

}  // namespace

bool GrantsService(const policy::Document& document, std::string_view service) {
  return std::ranges::any_of(document.statements, [&](const policy::Statement& statement) {
    if (statement.effect != policy::Effect::kAllow) return false;
    const auto& actions = statement.action.patterns;
    if (statement.action.negated) {
      return std::ranges::none_of(actions, [&](const std::string& action) { return CoversAll(action, service); });
    }
    return std::ranges::any_of(actions, [&](const std::string& action) { return CoversSome(action, service); });
  });
}

}  // namespace claviger::authz

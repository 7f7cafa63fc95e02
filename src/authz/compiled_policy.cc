#include "authz/compiled_policy.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace claviger::authz {
namespace {

// `*` and `?` over ASCII text, going back to the last `*` only.
bool MatchesWildcards(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_t = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_t;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

ActionPattern CompileAction(std::string_view text) {
  ActionPattern pattern{.lower = AsciiLower(text)};
  const std::size_t wild = pattern.lower.find_first_of("*?");
  pattern.exact = wild == std::string::npos;
  pattern.literal_bytes = static_cast<std::uint32_t>(pattern.exact ? pattern.lower.size() : wild);
  pattern.prefix = !pattern.exact && wild + 1 == pattern.lower.size() && pattern.lower.back() == '*';
  return pattern;
}

}  // namespace

bool ActionPattern::Matches(std::string_view lower_action) const {
  if (exact) return lower_action == lower;
  if (!lower_action.starts_with(std::string_view(lower).substr(0, literal_bytes))) return false;
  return prefix || MatchesWildcards(std::string_view(lower).substr(literal_bytes), lower_action.substr(literal_bytes));
}

CompiledStatement::CompiledStatement(const policy::Statement& statement, bool variables) : source_(&statement) {
  actions_.reserve(statement.action.patterns.size());
  for (const std::string& action : statement.action.patterns) actions_.push_back(CompileAction(action));
  if (statement.principal) principals_.emplace(*statement.principal);
  if (statement.resource) {
    resources_.reserve(statement.resource->patterns.size());
    for (const std::string& resource : statement.resource->patterns) {
      resources_.emplace_back(resource, PatternGrammar::kResource, variables);
      resources_.back().CollectKeys(keys_);
    }
  }
  conditions_.reserve(statement.conditions.size());
  for (const policy::Condition& condition : statement.conditions) {
    conditions_.emplace_back(condition, variables);
    conditions_.back().CollectKeys(keys_);
  }
}

bool CompiledStatement::MatchesAction(std::string_view lower_action) const {
  const bool listed = std::ranges::any_of(actions_, [&](const ActionPattern& p) { return p.Matches(lower_action); });
  return listed != source_->action.negated;
}

bool CompiledStatement::MatchesResource(const RequestContext& request) const {
  const bool listed = std::ranges::any_of(
      resources_, [&](const Pattern& p) { return p.Match(request.resource, request.keys) == Truth::kTrue; });
  return listed != source_->resource->negated;
}

CompiledStatement::Match CompiledStatement::MatchRest(const RequestContext& request, Place place) const {
  const bool deny = denies();
  Match match;
  // A resource control policy speaks of everybody, also of those whom a resource's own policy must name.
  const auto& element = source_->principal;
  const bool everybody = place == Place::kIdentity && element && element->everyone && !element->negated;
  if (principals_ && !everybody) {
    if (!deny) match.naming = principals_->NamedByAllow(request.principal);
    if (deny ? !principals_->CoveredByDeny(request.principal) : match.naming == Naming::kNone) {
      match.failed = Element::kPrincipal;
      return match;
    }
  } else if (place != Place::kIdentity && !deny) {
    match.failed = Element::kPrincipal;
    return match;
  }
  // No grammar but a trust policy's lets the resource out; should one turn up, it fails closed.
  if (source_->resource ? !MatchesResource(request) : place != Place::kTrust && !deny) {
    match.failed = Element::kResource;
    return match;
  }
  const CompiledCondition* broken = nullptr;
  for (const CompiledCondition& condition : conditions_) {
    const Truth truth = condition.Holds(request.keys);
    if (truth == Truth::kTrue) continue;
    if (truth == Truth::kBroken) {
      // A later condition may still be plainly false, which settles it for a Deny too.
      if (broken == nullptr) broken = &condition;
      continue;
    }
    match.failed = Element::kCondition;
    match.condition = &condition;
    return match;
  }
  if (broken != nullptr && !deny) {
    match.failed = Element::kCondition;
    match.condition = broken;
    return match;
  }
  match.applies = true;
  return match;
}

CompiledPolicy::CompiledPolicy(std::shared_ptr<const policy::Document> document, PolicySource source)
    : document_(std::move(document)), source_(std::move(source)) {
  const bool variables = document_->version == policy::Version::k20121017;
  statements_.reserve(document_->statements.size());
  for (const policy::Statement& statement : document_->statements) statements_.emplace_back(statement, variables);
}

std::shared_ptr<const CompiledPolicy> Compile(std::shared_ptr<const policy::Document> document, PolicySource source) {
  return std::make_shared<const CompiledPolicy>(std::move(document), std::move(source));
}

}  // namespace claviger::authz

// A second evaluator, written from the rules in docs/reference/evaluation.md and nothing else: no index, no compiled
// form, no cleverness. It shares plain data with the real one and no code, so that a mistake has to be made twice.
#pragma once

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "policy/date.h"
#include "suites/evaluation_cases.h"

namespace claviger::test::reference {

using authz::CallerKind;
using authz::Decision;
using policy::Comparison;

struct Outcome {
  Decision decision = Decision::kImplicitDeny;
  std::string layer;
};

// yes, no, or impossible to say.
enum class Answer { kNo, kYes, kImpossible };

inline std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

// ---- Patterns: a list of characters, some of which are wildcards.

struct Symbol {
  char c = 0;
  bool star = false;
  bool question = false;
};
using Symbols = std::vector<Symbol>;
using Keys = std::map<std::string, std::vector<std::string>>;  // Names in lower case.

// Takes text apart; nullopt when a variable has no value.
inline std::optional<Symbols> Read(const std::string& text, bool variables, bool wildcards, const Keys& keys) {
  Symbols out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t close = text.find('}', i);
    if (variables && text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{' && close != std::string::npos) {
      std::string name = text.substr(i + 2, close - i - 2);
      std::string value;
      if (name == "*" || name == "?" || name == "$") {
        value = name;
      } else {
        std::optional<std::string> fallback;
        // The only form of default that the tests generate: `, 'text'`.
        if (const std::size_t comma = name.find(", '"); comma != std::string::npos) {
          fallback = name.substr(comma + 3, name.size() - comma - 4);
          name.resize(comma);
        }
        const auto found = keys.find(Lower(name));
        const bool absent = found == keys.end() || found->second.empty();
        if (absent && !fallback) return std::nullopt;
        if (!absent && found->second.size() > 1) return std::nullopt;
        value = absent ? *fallback : found->second[0];
      }
      for (const char c : value) out.push_back({.c = c});
      i = close;
    } else {
      out.push_back({.c = text[i], .star = wildcards && text[i] == '*', .question = wildcards && text[i] == '?'});
    }
  }
  return out;
}

enum class Reach { kEverywhere, kResource, kArn };

// Whether the wildcard at `p` may stand for a colon.
inline bool MayCross(const Symbols& pattern, std::size_t p, Reach reach) {
  if (reach == Reach::kEverywhere) return true;
  int colons = 0;
  for (std::size_t i = 0; i < p; ++i) colons += pattern[i].c == ':' && !pattern[i].star && !pattern[i].question ? 1 : 0;
  if (colons >= 5) return true;
  const bool ends_part = p + 1 == pattern.size() || pattern[p + 1].c == ':';
  return reach == Reach::kResource && pattern[p].star && ends_part;
}

// Tries everything.
inline bool Matches(const Symbols& pattern, std::size_t p, const std::string& text, std::size_t t, Reach reach) {
  if (p == pattern.size()) return t == text.size();
  if (pattern[p].star) {
    for (std::size_t end = t;; ++end) {
      if (Matches(pattern, p + 1, text, end, reach)) return true;
      if (end == text.size() || (text[end] == ':' && !MayCross(pattern, p, reach))) return false;
    }
  }
  if (t == text.size()) return false;
  if (pattern[p].question ? text[t] == ':' && !MayCross(pattern, p, reach) : text[t] != pattern[p].c) return false;
  return Matches(pattern, p + 1, text, t + 1, reach);
}

// ---- Conditions.

inline bool LooksLikeArn(const std::string& text) {
  return text.starts_with("arn:") && std::count(text.begin(), text.end(), ':') >= 5;
}

inline std::optional<double> Number(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_not_of("0123456789.-") == std::string::npos;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return plain && *end == 0 ? std::optional(value) : std::nullopt;
}

inline std::optional<std::string> Bits(const std::string& address) {
  std::array<unsigned char, 16> bytes{};
  const bool v4 = inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  if (!v4 && inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return std::nullopt;
  std::string bits = v4 ? "4" : "6";
  for (int i = 0; i < (v4 ? 32 : 128); ++i)
    bits += (bytes[static_cast<std::size_t>(i / 8)] >> (7 - i % 8)) & 1 ? '1' : '0';
  return bits;
}

inline Answer Yes(bool yes) { return yes ? Answer::kYes : Answer::kNo; }

template <class T>
Answer Ordered(Comparison comparison, const std::optional<T>& request, const std::optional<T>& value) {
  if (!request || !value) return Answer::kImpossible;
  switch (comparison) {
    case Comparison::kNumericEquals:
    case Comparison::kDateEquals:
      return Yes(*request == *value);
    case Comparison::kNumericLess:
    case Comparison::kDateLess:
      return Yes(*request < *value);
    case Comparison::kNumericLessEquals:
    case Comparison::kDateLessEquals:
      return Yes(*request <= *value);
    case Comparison::kNumericGreater:
    case Comparison::kDateGreater:
      return Yes(*request > *value);
    default:
      return Yes(*request >= *value);
  }
}

// One value of the request against one of the policy, negation aside.
inline Answer Compare(Comparison comparison, const std::string& request, const std::string& value, bool variables,
                      const Keys& keys) {
  switch (comparison) {
    case Comparison::kStringEquals:
    case Comparison::kStringEqualsIgnoreCase:
    case Comparison::kStringLike: {
      auto pattern = Read(value, variables, comparison == Comparison::kStringLike, keys);
      if (!pattern) return Answer::kNo;
      if (comparison != Comparison::kStringEqualsIgnoreCase)
        return Yes(Matches(*pattern, 0, request, 0, Reach::kEverywhere));
      for (Symbol& symbol : *pattern) symbol.c = Lower(std::string(1, symbol.c))[0];
      return Yes(Matches(*pattern, 0, Lower(request), 0, Reach::kEverywhere));
    }
    case Comparison::kArnEquals:
    case Comparison::kArnLike: {
      if (!LooksLikeArn(request)) return Answer::kImpossible;
      const auto pattern = Read(value, variables, true, keys);
      if (!pattern) return Answer::kNo;
      const auto is_star = [](const Symbol& symbol) { return symbol.star; };
      if (!pattern->empty() && std::all_of(pattern->begin(), pattern->end(), is_star)) return Answer::kYes;
      const auto is_colon = [](const Symbol& symbol) { return symbol.c == ':'; };
      if (std::count_if(pattern->begin(), pattern->end(), is_colon) < 5) return Answer::kImpossible;
      return Yes(Matches(*pattern, 0, request, 0, Reach::kArn));
    }
    case Comparison::kBool: {
      const std::string actual = Lower(request);
      if (actual != "true" && actual != "false") return Answer::kImpossible;
      const auto wanted = Read(value, variables, false, keys);
      if (!wanted) return Answer::kNo;
      std::string text;
      for (const Symbol& symbol : *wanted) text += symbol.c;
      text = Lower(text);
      return text != "true" && text != "false" ? Answer::kImpossible : Yes(text == actual);
    }
    case Comparison::kBinaryEquals: {
      const auto a = Base64Decode(request);
      const auto b = Base64Decode(value);
      return a && b ? Yes(*a == *b) : Answer::kImpossible;
    }
    case Comparison::kIpAddress: {
      const std::size_t slash = value.find('/');
      const auto a = Bits(request);
      const auto b = Bits(value.substr(0, slash));
      if (!a || !b) return Answer::kImpossible;
      std::size_t length = b->size() - 1;
      if (slash != std::string::npos) {
        const std::string prefix = value.substr(slash + 1);
        if (prefix.empty() || prefix.find_first_not_of("0123456789") != std::string::npos) return Answer::kImpossible;
        if (std::stoul(prefix) > length) return Answer::kImpossible;
        length = std::stoul(prefix);
      }
      return Yes(a->substr(0, length + 1) == b->substr(0, length + 1));
    }
    case Comparison::kNumericEquals:
    case Comparison::kNumericLess:
    case Comparison::kNumericLessEquals:
    case Comparison::kNumericGreater:
    case Comparison::kNumericGreaterEquals:
      return Ordered(comparison, Number(request), Number(value));
    default:
      return Ordered(comparison, policy::ParseInstant(request), policy::ParseInstant(value));
  }
}

inline Answer Negate(Answer answer) {
  if (answer == Answer::kImpossible) return answer;
  return answer == Answer::kYes ? Answer::kNo : Answer::kYes;
}

// The answer for a group of which one suffices.
inline Answer AnyOf(const std::vector<Answer>& answers) {
  if (std::count(answers.begin(), answers.end(), Answer::kYes) > 0) return Answer::kYes;
  return std::count(answers.begin(), answers.end(), Answer::kImpossible) > 0 ? Answer::kImpossible : Answer::kNo;
}
inline Answer AllOf(std::vector<Answer> answers) {
  for (Answer& answer : answers) answer = Negate(answer);
  return Negate(AnyOf(answers));
}

inline Answer Holds(const policy::Condition& condition, bool variables, const Keys& keys) {
  const auto found = keys.find(Lower(condition.key));
  const bool present = found != keys.end() && !found->second.empty();
  std::vector<Answer> answers;
  if (condition.op.comparison == Comparison::kNull) {
    for (const std::string& value : condition.values) {
      const std::string word = Lower(value);
      answers.push_back(word == "true" ? Yes(!present) : word == "false" ? Yes(present) : Answer::kImpossible);
    }
    return AnyOf(answers);
  }
  const bool all = condition.op.quantifier == policy::Quantifier::kForAllValues;
  const bool any = condition.op.quantifier == policy::Quantifier::kForAnyValue;
  if (!present) return Yes(condition.op.if_exists || all || (!any && condition.op.negated));
  bool only_empty = true;
  for (const std::string& request : found->second) {
    only_empty = only_empty && request.empty();
    std::vector<Answer> alternatives;
    for (const std::string& value : condition.values) {
      alternatives.push_back(Compare(condition.op.comparison, request, value, variables, keys));
    }
    answers.push_back(AnyOf(alternatives));
    if ((all || any) && condition.op.negated) answers.back() = Negate(answers.back());
  }
  if ((all || any) && only_empty) return Yes(all);
  if (all) return AllOf(answers);
  if (any) return AnyOf(answers);
  return condition.op.negated ? Negate(AnyOf(answers)) : AnyOf(answers);
}

// ---- Principals.

struct Named {
  bool everyone = false, account = false, issuer = false, itself = false;
};

inline Named NamesOf(const policy::PrincipalElement& element, const CallerData& caller) {
  Named named{.everyone = element.everyone};
  const bool session = caller.kind == CallerKind::kRoleSession || caller.kind == CallerKind::kFederatedUser;
  for (const policy::Principal& principal : element.principals) {
    const std::string& value = principal.value;
    if (value.empty()) continue;
    if (principal.kind == policy::PrincipalKind::kService) {
      named.itself = named.itself || (caller.kind == CallerKind::kService && value == caller.name);
    } else if (principal.kind == policy::PrincipalKind::kFederated) {
      named.itself = named.itself || (caller.kind == CallerKind::kOutsider && value == caller.name);
    } else if (principal.kind == policy::PrincipalKind::kCanonicalUser) {
      named.account = named.account || value == caller.canonical_user_id;
    } else if (value == "*") {
      named.everyone = true;
    } else if (!caller.account.empty() &&
               (value == caller.account || value == "arn:aws:iam::" + caller.account + ":root")) {
      named.account = true;
    } else if (caller.kind == CallerKind::kUser) {
      named.itself = named.itself || value == caller.arn || value == caller.unique_id;
    } else if (session) {
      named.itself = named.itself || value == caller.arn;
      named.issuer = named.issuer || value == caller.issuer_arn || value == caller.unique_id;
    }
  }
  return named;
}

// 0: not named; 1: by account; 2: a session by its issuer; 3: by `*` or directly.
inline int GrantStrength(const policy::PrincipalElement& element, const CallerData& caller) {
  const Named named = NamesOf(element, caller);
  const bool everyone_counts = caller.kind != CallerKind::kOutsider;
  if (element.negated) {
    const bool listed = named.everyone || named.account || named.issuer || named.itself;
    return everyone_counts && !listed ? 3 : 0;
  }
  if (named.itself || (named.everyone && everyone_counts)) return 3;
  if (named.issuer) return 2;
  return named.account ? 1 : 0;
}

inline bool DenyCovers(const policy::PrincipalElement& element, const CallerData& caller) {
  const Named named = NamesOf(element, caller);
  if (!element.negated) return named.everyone || named.account || named.issuer || named.itself;
  if (named.everyone) return false;
  switch (caller.kind) {
    case CallerKind::kRoot:
      return !named.account;
    case CallerKind::kUser:
    case CallerKind::kFederatedUser:
      return !named.account || !named.itself;
    case CallerKind::kRoleSession:
      return !named.account || !named.issuer || !named.itself;
    default:
      return !named.itself;
  }
}

// ---- Statements and layers.

class Evaluator {
 public:
  explicit Evaluator(const EvaluationCase& data) : data_(data) {
    for (const auto& [key, values] : data.context) keys_[Lower(key)] = values;
  }

  Outcome Decide() const {
    const CallerKind kind = data_.caller.kind;
    const bool has_account = kind == CallerKind::kRoot || kind == CallerKind::kUser ||
                             kind == CallerKind::kRoleSession || kind == CallerKind::kFederatedUser;
    const bool root = kind == CallerKind::kRoot;
    const bool resource_control = kind != CallerKind::kService && !data_.caller.service_linked_role;
    const bool service_control = has_account && !data_.caller.service_linked_role;
    const bool trust = data_.resource_rule == authz::ResourceRule::kTrust;
    const std::string resource_name = trust ? "trust" : "resource";

    // 1.
    std::vector<std::string> asked;
    if (resource_control) asked.emplace_back("resource_control");
    if (service_control) asked.emplace_back("service_control");
    asked.emplace_back("resource");
    if (has_account && !root) asked.insert(asked.end(), {"identity", "boundary"});
    if ((has_account && !root) || data_.session_binds) asked.emplace_back("session");
    for (const std::string& layer : asked) {
      for (const Documents& level : LevelsOf(layer)) {
        if (Denies(level, layer)) return {Decision::kExplicitDeny, layer == "resource" ? resource_name : layer};
      }
    }
    // 2. and 3.
    for (const std::string layer : {"resource_control", "service_control"}) {
      if (layer == "resource_control" ? !resource_control : !service_control) continue;
      for (const Documents& level : LevelsOf(layer)) {
        if (Strength(level, layer) < 0) return {Decision::kImplicitDeny, layer};
      }
    }
    // A bound session.
    if (data_.session_binds && !Permits("session")) return {Decision::kImplicitDeny, "session"};
    // 4.
    const int grant = LevelsOf("resource").empty() ? -1 : Strength(LevelsOf("resource")[0], "resource");
    const bool granted = grant > 0;
    if (!has_account) return {granted ? Decision::kAllowed : Decision::kImplicitDeny, resource_name};
    const bool same = data_.resource_account.empty() || data_.resource_account == data_.caller.account;
    if (!granted && (!same || data_.resource_rule != authz::ResourceRule::kMayAllow)) {
      return {Decision::kImplicitDeny, resource_name};
    }
    if (same && grant == 3) return {Decision::kAllowed, resource_name};
    if (same && grant == 2) {
      const std::string limit = Limit();
      return limit.empty() ? Outcome{Decision::kAllowed, resource_name} : Outcome{Decision::kImplicitDeny, limit};
    }
    if (root) return {Decision::kAllowed, "root_user"};
    // 5., 6. and 7.
    if (!Permits("identity")) return {Decision::kImplicitDeny, "identity"};
    const std::string limit = Limit();
    return limit.empty() ? Outcome{Decision::kAllowed, "identity"} : Outcome{Decision::kImplicitDeny, limit};
  }

 private:
  std::vector<Documents> LevelsOf(const std::string& layer) const {
    const auto found = data_.layers.find(layer);
    return found == data_.layers.end() ? std::vector<Documents>() : found->second;
  }

  bool Permits(const std::string& layer) const {
    const auto levels = LevelsOf(layer);
    return !levels.empty() && Strength(levels[0], layer) >= 0;
  }

  std::string Limit() const {
    if (!LevelsOf("boundary").empty() && !Permits("boundary")) return "boundary";
    const bool needs = data_.caller.kind == CallerKind::kFederatedUser || !LevelsOf("session").empty();
    return needs && !Permits("session") ? "session" : "";
  }

  bool ListsAction(const policy::Statement& statement) const {
    for (const std::string& pattern : statement.action.patterns) {
      if (Matches(*Read(Lower(pattern), false, true, {}), 0, Lower(data_.action), 0, Reach::kEverywhere)) return true;
    }
    return false;
  }

  bool ListsResource(const policy::Statement& statement, bool variables) const {
    for (const std::string& pattern : statement.resource->patterns) {
      std::size_t at = 0;
      for (int colons = 0; colons < 5 && at < pattern.size(); ++at) colons += pattern[at] == ':' ? 1 : 0;
      auto symbols = Read(pattern.substr(0, at), false, true, {});
      const auto rest = Read(pattern.substr(at), variables, true, keys_);
      if (!rest) continue;
      symbols->insert(symbols->end(), rest->begin(), rest->end());
      if (Matches(*symbols, 0, data_.resource, 0, Reach::kResource)) return true;
    }
    return false;
  }

  // Whether the statement applies, whoever the principal is.
  bool Applies(const policy::Statement& statement, bool variables, const std::string& layer) const {
    const bool deny = statement.effect == policy::Effect::kDeny;
    if (ListsAction(statement) == statement.action.negated) return false;
    if (statement.resource) {
      if (ListsResource(statement, variables) == statement.resource->negated) return false;
    } else if (!deny && !(layer == "resource" && data_.resource_rule == authz::ResourceRule::kTrust)) {
      return false;
    }
    std::vector<Answer> answers;
    for (const policy::Condition& condition : statement.conditions)
      answers.push_back(Holds(condition, variables, keys_));
    const Answer all = AllOf(answers);
    return all == Answer::kYes || (all == Answer::kImpossible && deny);
  }

  bool Denies(const Documents& documents, const std::string& layer) const {
    for (const auto& document : documents) {
      for (const policy::Statement& statement : document->statements) {
        if (statement.effect != policy::Effect::kDeny) continue;
        if (statement.principal && !DenyCovers(*statement.principal, data_.caller)) continue;
        if (Applies(statement, document->version == policy::Version::k20121017, layer)) return true;
      }
    }
    return false;
  }

  // The strongest grant of the documents: as GrantStrength, 0 for an Allow that names nobody (where none need be
  // named), -1 when nothing allows.
  int Strength(const Documents& documents, const std::string& layer) const {
    int strongest = -1;
    for (const auto& document : documents) {
      for (const policy::Statement& statement : document->statements) {
        if (statement.effect != policy::Effect::kAllow) continue;
        int strength = 0;
        const bool everybody = layer == "resource_control" && statement.principal && statement.principal->everyone &&
                               !statement.principal->negated;
        if (statement.principal && !everybody) {
          strength = GrantStrength(*statement.principal, data_.caller);
          if (strength == 0) continue;
        } else if (!statement.principal && layer == "resource") {
          continue;
        }
        if (Applies(statement, document->version == policy::Version::k20121017, layer))
          strongest = std::max(strongest, strength);
      }
    }
    return strongest;
  }

  const EvaluationCase& data_;
  Keys keys_;
};

inline Outcome Decide(const EvaluationCase& data) { return Evaluator(data).Decide(); }

}  // namespace claviger::test::reference

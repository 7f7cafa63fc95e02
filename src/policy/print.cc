#include "policy/print.h"

#include <array>
#include <string_view>
#include <vector>

#include "codec/json_writer.h"

namespace claviger::policy {
namespace {

using codec::AppendJsonString;

void AppendList(const std::vector<std::string>& items, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    AppendJsonString(items[i], out);
  }
  out += ']';
}

void AppendPatterns(const PatternElement& element, std::string_view name, std::string& out) {
  out += element.negated ? ",\"Not" : ",\"";
  out += name;
  out += "\":";
  AppendList(element.patterns, out);
}

// The kinds in the order in which they first appear, each with its values: an object names a kind only once.
void AppendPrincipal(const PrincipalElement& element, std::string& out) {
  out += element.negated ? ",\"NotPrincipal\":" : ",\"Principal\":";
  if (element.everyone) {
    out += "\"*\"";
    return;
  }
  out += '{';
  std::array<bool, 4> done{};
  bool first = true;
  for (const Principal& principal : element.principals) {
    if (done[static_cast<std::size_t>(principal.kind)]) continue;
    done[static_cast<std::size_t>(principal.kind)] = true;
    std::vector<std::string> values;
    for (const Principal& other : element.principals) {
      if (other.kind == principal.kind) values.push_back(other.value);
    }
    if (!first) out += ',';
    first = false;
    AppendJsonString(PrincipalKindName(principal.kind), out);
    out += ':';
    AppendList(values, out);
  }
  out += '}';
}

// Conditions stand in groups of one operator, as Parse reads them. A group that was split by another operator's, which
// Parse never makes, would be written twice; so each operator is written where it first appears, with all its keys.
void AppendConditions(const std::vector<Condition>& conditions, std::string& out) {
  out += ",\"Condition\":{";
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const ConditionOperator& op = conditions[i].op;
    bool written = false;
    for (std::size_t j = 0; j < i; ++j) written = written || conditions[j].op == op;
    if (written) continue;
    if (i > 0) out += ',';
    AppendJsonString(ConditionOperatorName(op), out);
    out += ":{";
    bool first = true;
    for (std::size_t j = i; j < conditions.size(); ++j) {
      if (conditions[j].op != op) continue;
      if (!first) out += ',';
      first = false;
      AppendJsonString(conditions[j].key, out);
      out += ':';
      AppendList(conditions[j].values, out);
    }
    out += '}';
  }
  out += '}';
}

void AppendStatement(const Statement& statement, std::string& out) {
  out += '{';
  if (statement.sid) {
    out += "\"Sid\":";
    AppendJsonString(*statement.sid, out);
    out += ',';
  }
  out += statement.effect == Effect::kAllow ? "\"Effect\":\"Allow\"" : "\"Effect\":\"Deny\"";
  if (statement.principal) AppendPrincipal(*statement.principal, out);
  AppendPatterns(statement.action, "Action", out);
  if (statement.resource) AppendPatterns(*statement.resource, "Resource", out);
  if (!statement.conditions.empty()) AppendConditions(statement.conditions, out);
  out += '}';
}

}  // namespace

std::string_view PrincipalKindName(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::kAws:
      return "AWS";
    case PrincipalKind::kService:
      return "Service";
    case PrincipalKind::kFederated:
      return "Federated";
    case PrincipalKind::kCanonicalUser:
      return "CanonicalUser";
  }
  return "AWS";
}

std::string Print(const Document& document) {
  std::string out = R"({"Version":")";
  out += document.version == Version::k20121017 ? "2012-10-17\"" : "2008-10-17\"";
  if (document.id) {
    out += ",\"Id\":";
    AppendJsonString(*document.id, out);
  }
  out += ",\"Statement\":[";
  for (std::size_t i = 0; i < document.statements.size(); ++i) {
    if (i > 0) out += ',';
    AppendStatement(document.statements[i], out);
  }
  out += "]}";
  return out;
}

}  // namespace claviger::policy

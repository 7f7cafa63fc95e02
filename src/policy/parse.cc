#include "policy/parse.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "codec/json.h"
#include "policy/draft.h"
#include "policy/limits.h"

namespace claviger::policy {
namespace {

using codec::JsonError;
using codec::JsonErrorKind;
using codec::JsonKind;
using codec::JsonMember;
using codec::JsonValue;
using codec::TextPosition;

constexpr std::string_view kSyntaxError = "Syntax errors in policy.";
constexpr unsigned kDepthMax = 16;  // A document nests six deep.

Position At(TextPosition position) { return {.line = position.line, .column = position.column}; }

Failure<PolicyError> Syntax(TextPosition position, std::string reason) {
  return {PolicyError{.message = std::string(kSyntaxError), .reason = std::move(reason), .position = At(position)}};
}

PolicyError FromJsonError(const JsonError& error, Kind kind) {
  // AWS calls trust policies that are no JSON by another text.
  const bool not_json = error.kind != JsonErrorKind::kDuplicateName;
  return {.message = kind == Kind::kTrust && not_json ? "This policy contains invalid Json" : std::string(kSyntaxError),
          .reason = error.message,
          .position = At(error.position)};
}

// Reads the grammar: which elements there are and of which JSON type. Whether they make sense is Check's.
class Reader {
 public:
  explicit Reader(Kind kind) : kind_(kind) {}

  PolicyResult<> Document(const JsonValue& root) {
    if (!root.IsObject()) return Syntax(root.begin, "a policy must be an object");
    const JsonValue* statements = nullptr;
    for (const JsonMember& member : root.members) {
      if (member.name == "Version") {
        TRY(ReadVersion(member.value));
      } else if (member.name == "Id") {
        draft.id = TRY(Text(member.value, "Id"));
      } else if (member.name == "Statement") {
        statements = &member.value;
      } else {
        return Syntax(member.begin, "unknown element `" + std::string(member.name) + "`");
      }
    }
    if (statements == nullptr) return Syntax(root.begin, "Statement is missing");
    return Statements(*statements);
  }

  Draft draft;
  std::vector<StatementRange> ranges;

 private:
  PolicyResult<> ReadVersion(const JsonValue& value) {
    draft.version_at = At(value.begin);
    const std::string text = TRY(Text(value, "Version"));
    if (text != "2012-10-17" && text != "2008-10-17") return Syntax(value.begin, "unknown Version");
    draft.version = text == "2012-10-17" ? Version::k20121017 : Version::k20081017;
    return {};
  }

  static PolicyResult<std::string> Text(const JsonValue& value, std::string_view name) {
    if (!value.IsString()) return Syntax(value.begin, std::string(name) + " must be a string");
    return std::string(value.text);
  }

  PolicyResult<> Statements(const JsonValue& value) {
    if (value.IsObject()) {
      TextPosition inside = value.begin;
      ++inside.column;
      ranges.push_back({.begin = At(inside), .end = At(value.end)});
      return ReadStatement(value);
    }
    if (!value.IsArray()) return Syntax(value.begin, "Statement must be an object or a list");
    if (value.items.empty()) {
      if (kind_ != Kind::kTrust) return Syntax(value.begin, "Statement is empty");
      return Failure{PolicyError{.message = "Could not parse the policy: Statement is empty!",
                                 .reason = "Statement is empty",
                                 .position = At(value.begin)}};
    }
    for (const JsonValue& item : value.items) {
      ranges.push_back({.begin = At(item.lead), .end = At(item.end)});
      TRY(ReadStatement(item));
    }
    return {};
  }

  PolicyResult<> ReadStatement(const JsonValue& value) {
    if (!value.IsObject()) return Syntax(value.begin, "a statement must be an object");
    StatementDraft& out = draft.statements.emplace_back();
    out.begin = out.action_at = out.resource_at = out.principal_at = At(value.begin);
    bool has_effect = false;
    bool has_action = false;
    for (const JsonMember& member : value.members) {
      const JsonValue& element = member.value;
      if (member.name == "Sid") {
        out.sid_at = At(element.begin);
        out.statement.sid = TRY(Text(element, "Sid"));
      } else if (member.name == "Effect") {
        has_effect = true;
        TRY(ReadEffect(element, out));
      } else if (member.name == "Action" || member.name == "NotAction") {
        if (has_action) return Syntax(member.begin, "Action and NotAction exclude each other");
        has_action = true;
        out.action_at = At(element.begin);
        out.statement.action = TRY(Patterns(element, member.name, "NotAction"));
      } else if (member.name == "Resource" || member.name == "NotResource") {
        if (out.statement.resource) return Syntax(member.begin, "Resource and NotResource exclude each other");
        out.resource_at = At(element.begin);
        out.statement.resource = TRY(Patterns(element, member.name, "NotResource"));
      } else if (member.name == "Principal" || member.name == "NotPrincipal") {
        if (out.statement.principal) return Syntax(member.begin, "Principal and NotPrincipal exclude each other");
        out.principal_at = At(element.begin);
        out.statement.principal = TRY(Principals(element, member.name == "NotPrincipal"));
      } else if (member.name == "Condition") {
        TRY(ReadConditions(element, out));
      } else {
        return Syntax(member.begin, "unknown element `" + std::string(member.name) + "`");
      }
    }
    if (!has_effect) return Syntax(value.begin, "Effect is missing");
    return {};
  }

  static PolicyResult<> ReadEffect(const JsonValue& value, StatementDraft& out) {
    out.effect_at = At(value.begin);
    const std::string text = TRY(Text(value, "Effect"));
    const bool allow = EqualsIgnoreCase(text, "Allow");
    if (!allow && !EqualsIgnoreCase(text, "Deny")) return Syntax(value.begin, "Effect must be Allow or Deny");
    out.statement.effect = allow ? Effect::kAllow : Effect::kDeny;
    out.effect_misspelt = text != (allow ? "Allow" : "Deny");
    return {};
  }

  // A string, or a list of strings.
  static PolicyResult<std::vector<std::string>> Strings(const JsonValue& value, std::string_view name) {
    std::vector<std::string> out;
    if (value.IsString()) {
      out.emplace_back(value.text);
      return out;
    }
    if (!value.IsArray()) return Syntax(value.begin, std::string(name) + " must be a string or a list of strings");
    out.reserve(value.items.size());
    for (const JsonValue& item : value.items) out.push_back(TRY(Text(item, name)));
    return out;
  }

  static PolicyResult<PatternElement> Patterns(const JsonValue& value, std::string_view name,
                                               std::string_view negated_name) {
    PatternElement element{.negated = name == negated_name, .patterns = {}};
    element.patterns = TRY(Strings(value, name));
    return element;
  }

  static std::optional<PrincipalKind> KindOf(std::string_view name) {
    if (name == "AWS") return PrincipalKind::kAws;
    if (name == "Service") return PrincipalKind::kService;
    if (name == "Federated") return PrincipalKind::kFederated;
    if (name == "CanonicalUser") return PrincipalKind::kCanonicalUser;
    return std::nullopt;
  }

  static PolicyResult<PrincipalElement> Principals(const JsonValue& value, bool negated) {
    PrincipalElement element{.negated = negated, .everyone = false, .principals = {}};
    if (value.IsString()) {
      if (value.text != "*") return Syntax(value.begin, "a principal that is a string must be `*`");
      element.everyone = true;
      return element;
    }
    if (!value.IsObject()) return Syntax(value.begin, "a principal must be `*` or an object");
    for (const JsonMember& member : value.members) {
      const auto kind = KindOf(member.name);
      if (!kind) return Syntax(member.begin, "unknown kind of principal `" + std::string(member.name) + "`");
      for (std::string& text : TRY(Strings(member.value, member.name))) {
        element.principals.push_back({.kind = *kind, .value = std::move(text)});
      }
    }
    return element;
  }

  static PolicyResult<> ReadConditions(const JsonValue& value, StatementDraft& out) {
    if (!value.IsObject()) return Syntax(value.begin, "Condition must be an object");
    for (const JsonMember& group : value.members) {
      if (!group.value.IsObject()) return Syntax(group.value.begin, "an operator's value must be an object");
      if (group.value.members.empty()) continue;  // Says nothing, so even its name does not matter.
      const auto op = ParseConditionOperator(group.name);
      if (!op) return Syntax(group.begin, "unknown operator `" + std::string(group.name) + "`");
      for (const JsonMember& member : group.value.members) {
        out.statement.conditions.push_back({.op = *op, .key = std::string(member.name), .values = {}});
        out.condition_at.push_back(At(member.value.begin));
        TRY(ReadConditionValues(member.value, out.statement.conditions.back().values));
      }
    }
    return {};
  }

  static PolicyResult<> ReadConditionValues(const JsonValue& value, std::vector<std::string>& out) {
    const auto is_scalar = [](const JsonValue& v) {
      return v.kind == JsonKind::kString || v.kind == JsonKind::kNumber || v.kind == JsonKind::kBool;
    };
    if (is_scalar(value)) {
      out.emplace_back(value.text);
      return {};
    }
    if (!value.IsArray()) return Syntax(value.begin, "a condition's value must be a scalar or a list of scalars");
    for (const JsonValue& item : value.items) {
      if (!is_scalar(item)) return Syntax(item.begin, "a condition's value must be a scalar");
      out.emplace_back(item.text);
    }
    return {};
  }

  Kind kind_;
};

}  // namespace

PolicyResult<std::shared_ptr<const Document>> Parse(std::string_view text, Kind kind) {
  auto json = codec::ParseJson(text, {.bytes_max = kDocumentBytesMax, .depth_max = kDepthMax});
  if (!json.ok()) return Failure{FromJsonError(json.error(), kind)};
  Reader reader(kind);
  TRY(reader.Document(json->root()));
  if (auto error = Check(reader.draft, kind)) return Failure{*std::move(error)};

  auto document = std::make_shared<Document>();
  document->version = reader.draft.version;
  document->id = std::move(reader.draft.id);
  document->ranges = std::move(reader.ranges);
  document->statements.reserve(reader.draft.statements.size());
  for (StatementDraft& draft : reader.draft.statements) document->statements.push_back(std::move(draft.statement));
  return std::shared_ptr<const Document>(std::move(document));
}

Error ToError(PolicyError error) { return {ErrorCode::kMalformedPolicyDocument, std::move(error.message)}; }

}  // namespace claviger::policy

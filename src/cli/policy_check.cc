#include <algorithm>
#include <array>

#include "cli/policy.h"
#include "codec/json_writer.h"
#include "lint/lint.h"
#include "policy/limits.h"

namespace claviger::cli {
namespace {

struct CheckKind {
  std::string_view name;
  policy::Kind kind;
  lint::Use use;
  std::size_t characters_max;  // Without white space; 0: the service of the resource decides.
};
constexpr std::size_t kControlPolicyCharactersMax = 5120;
constexpr std::array kKinds = {
    CheckKind{"identity", policy::Kind::kManaged, lint::Use::kIdentity, policy::kManagedPolicyCharactersMax},
    CheckKind{"boundary", policy::Kind::kManaged, lint::Use::kBoundary, policy::kManagedPolicyCharactersMax},
    CheckKind{"resource", policy::Kind::kResource, lint::Use::kResource, 0},
    CheckKind{"trust", policy::Kind::kTrust, lint::Use::kTrust, policy::kTrustPolicyCharactersMax},
    CheckKind{"session", policy::Kind::kSession, lint::Use::kSession, policy::kSessionPolicyCharactersMax},
    CheckKind{"scp", policy::Kind::kServiceControl, lint::Use::kServiceControl, kControlPolicyCharactersMax},
    CheckKind{"rcp", policy::Kind::kResourceControl, lint::Use::kResourceControl, kControlPolicyCharactersMax},
};

// One line of the report.
struct Remark {
  std::string file;
  policy::Position position;  // Line 0: the file as a whole.
  std::string_view id;        // Empty: an error.
  std::string message;
};

void CheckOne(const std::string& name, const CheckKind& kind, const CheckArguments& arguments,
              std::vector<Remark>& remarks) {
  const auto file = ReadPolicy(name, kind.kind);
  if (!file.ok()) {
    remarks.push_back({name, file.error().position, {}, file.error().message});
    return;
  }
  const std::size_t characters = policy::CountedCharacters(file->text);
  if (kind.characters_max != 0 && characters > kind.characters_max) {
    remarks.push_back({name,
                       {1, 1},
                       "too-large",
                       std::to_string(characters) + " characters without white space; AWS's quota for this kind is " +
                           std::to_string(kind.characters_max)});
  }
  for (const lint::Finding& finding : lint::Lint(*file->document, {.use = kind.use, .account = arguments.account})) {
    remarks.push_back({name, StatementPosition(*file, finding.statement), finding.id, finding.reason});
  }
}

std::string AsText(const std::vector<Remark>& remarks) {
  std::string text;
  for (const Remark& remark : remarks) {
    const std::string severity = remark.id.empty() ? "error: " : "warning: ";
    text += Show(remark.file, {.message = severity + remark.message, .position = remark.position});
    if (!remark.id.empty()) text.append(" [").append(remark.id).append("]");
    text += '\n';
  }
  return text;
}

std::string AsJson(const std::vector<Remark>& remarks) {
  std::string text;
  codec::JsonWriter json(text);
  json.BeginArray();
  for (const Remark& remark : remarks) {
    json.BeginObject();
    json.Key("file");
    json.String(remark.file);
    json.Key("line");
    json.Integer(remark.position.line);
    json.Key("column");
    json.Integer(remark.position.column);
    json.Key("severity");
    json.String(remark.id.empty() ? "error" : "warning");
    json.Key("id");
    json.String(remark.id.empty() ? "not-a-policy" : remark.id);
    json.Key("message");
    json.String(remark.message);
    json.EndObject();
  }
  json.EndArray();
  return text + '\n';
}

}  // namespace

Printed CheckPolicies(const CheckArguments& arguments) {
  const auto* kind = std::ranges::find(kKinds, arguments.kind, &CheckKind::name);
  std::vector<Remark> remarks;
  for (const std::string& file : arguments.files) CheckOne(file, *kind, arguments, remarks);
  const bool errors = std::ranges::any_of(remarks, [](const Remark& remark) { return remark.id.empty(); });
  return {.text = arguments.json ? AsJson(remarks) : AsText(remarks),
          .exit_code = errors            ? kExitFailed
                       : remarks.empty() ? 0
                                         : kExitBadNews};
}

}  // namespace claviger::cli

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "authz/evaluate.h"
#include "authz/principal_arn.h"
#include "authz/words.h"
#include "aws/account_id.h"
#include "aws/arn.h"
#include "base/text.h"
#include "cli/policy.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

using authz::CompiledPolicy;
using authz::CompiledSet;
using authz::Decision;
using authz::DecisionWord;
using authz::Layer;
using authz::LayerWords;

template <class T = void>
using FileResult = Expected<T, std::string>;

// The files that take part, and their policies as the evaluator takes them.
class Policies {
 public:
  FileResult<std::unique_ptr<const CompiledSet>> Load(std::span<const std::string> names, policy::Kind kind) {
    if (names.empty()) return std::unique_ptr<const CompiledSet>();
    std::vector<std::shared_ptr<const CompiledPolicy>> compiled;
    for (const std::string& name : names) {
      auto file = ReadPolicy(name, kind);
      if (!file.ok()) return Failure{Show(name, file.error())};
      compiled.push_back(authz::Compile(file->document, {.id = name, .arn = {}}));
      files_.emplace(compiled.back().get(), *std::move(file));
    }
    return std::make_unique<const CompiledSet>(std::move(compiled));
  }

  [[nodiscard]] const PolicyFile& FileOf(const CompiledPolicy& policy) const { return files_.at(&policy); }

 private:
  std::map<const CompiledPolicy*, PolicyFile> files_;
};

struct Loaded {
  Policies policies;
  std::unique_ptr<const CompiledSet> identity, boundary, session, resource, trust;
  std::vector<std::unique_ptr<const CompiledSet>> scp, rcp;
};

FileResult<std::vector<std::unique_ptr<const CompiledSet>>> LoadLevels(Policies& policies,
                                                                       const std::vector<std::string>& names,
                                                                       policy::Kind kind) {
  std::vector<std::unique_ptr<const CompiledSet>> levels;
  levels.reserve(names.size());
  for (const std::string& name : names) levels.push_back(TRY(policies.Load({&name, 1}, kind)));
  return levels;
}

FileResult<Loaded> LoadAll(const EvalArguments& arguments) {
  const auto one = [](const std::string& name) {
    return name.empty() ? std::vector<std::string>() : std::vector<std::string>{name};
  };
  using policy::Kind;
  Loaded loaded;
  // Policies that AWS has been keeping since 2008 are decided too, so no more than the grammar is asked for.
  loaded.identity = TRY(loaded.policies.Load(arguments.identity, Kind::kAny));
  loaded.boundary = TRY(loaded.policies.Load(one(arguments.boundary), Kind::kAny));
  loaded.session = TRY(loaded.policies.Load(arguments.session, Kind::kSession));
  loaded.resource = TRY(loaded.policies.Load(arguments.resource, Kind::kResource));
  loaded.trust = TRY(loaded.policies.Load(one(arguments.trust), Kind::kTrust));
  loaded.scp = TRY(LoadLevels(loaded.policies, arguments.scp, Kind::kServiceControl));
  loaded.rcp = TRY(LoadLevels(loaded.policies, arguments.rcp, Kind::kAny));  // Also AWS's own, which allows all.
  return loaded;
}

// aws:SourceIp=10.0.0.1
FileResult<> FillContext(const std::vector<std::string>& context, authz::ContextKeys& keys) {
  std::map<std::string, std::vector<std::string_view>> values;
  for (const std::string_view entry : context) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Failure<std::string>{"--context takes key=value, not `" + std::string(entry) + "`"};
    }
    values[AsciiLower(entry.substr(0, equals))].push_back(entry.substr(equals + 1));
  }
  for (const auto& [key, list] : values) keys.Set(key, list);
  return {};
}

// "read.json:3:5, statement 1 `Read`"
std::string Place(const Policies& policies, const authz::StatementRef& ref) {
  const PolicyFile& file = policies.FileOf(*ref.policy);
  const policy::Position position = StatementPosition(file, ref.index);
  std::string text = file.name + ":" + std::to_string(position.line) + ":" + std::to_string(position.column) +
                     ", statement " + std::to_string(ref.index + 1);
  const auto& sid = file.document->statements[ref.index].sid;
  return sid && !sid->empty() ? text + " `" + Printable(*sid) + "`" : text;
}

std::string Summary(const authz::Verdict& verdict, const Policies& policies) {
  const std::string words(LayerWords(verdict.layer));
  switch (verdict.decision) {
    case Decision::kAllowed:
      if (verdict.layer == Layer::kRootUser) return "allowed: the root user needs no policy\n";
      return "allowed by " + words + ": " + Place(policies, verdict.statement) + "\n";
    case Decision::kExplicitDeny:
      return "denied by " + words + ": " + Place(policies, verdict.statement) + "\n";
    case Decision::kImplicitDeny:
      break;
  }
  return "denied: nothing in the " + words + " allows it\n";
}

std::string Details(const authz::Explanation& explanation, const authz::RequestContext& request,
                    const Policies& policies) {
  std::string text;
  for (std::size_t i = 0; i < authz::kLayerCount; ++i) {
    const auto layer = static_cast<Layer>(i);
    if (!explanation.layers[i] || layer == Layer::kRootUser) continue;
    text.append("\n").append(LayerWords(layer)).append(": ").append(DecisionWord(*explanation.layers[i])).append("\n");
    bool any = false;
    for (const authz::Trace& trace : explanation.traces) {
      if (trace.layer != layer) continue;
      any = true;
      const char* effect = trace.statement.statement().denies() ? "Deny" : "Allow";
      text.append("  ").append(Place(policies, trace.statement)).append(": ").append(effect);
      text.append(trace.applies ? " applies\n"
                                : " does not apply: " + Printable(authz::Describe(trace, request)) + "\n");
    }
    if (!any) text += "  no statement is about this action\n";
  }
  if (!explanation.missing_keys.empty()) {
    text += "\ncondition keys that these statements read and --context does not give:\n";
    for (const std::string& key : explanation.missing_keys) text.append("  ").append(Printable(key)).append("\n");
  }
  return text;
}

std::string AsJson(const authz::Verdict& verdict, const authz::Explanation& explanation,
                   const authz::RequestContext& request, const Policies& policies) {
  std::string text;
  codec::JsonWriter json(text);
  const auto place = [&](const authz::StatementRef& ref) {
    const PolicyFile& file = policies.FileOf(*ref.policy);
    json.Key("file");
    json.String(file.name);
    json.Key("line");
    json.Integer(StatementPosition(file, ref.index).line);
    json.Key("statement");
    json.Integer(ref.index + 1);
    if (const auto& sid = file.document->statements[ref.index].sid) {
      json.Key("sid");
      json.String(*sid);
    }
  };
  json.BeginObject();
  json.Key("decision");
  json.String(DecisionWord(verdict.decision));
  json.Key("decided_by");
  json.String(LayerWords(verdict.layer));
  if (verdict.statement.policy != nullptr) place(verdict.statement);
  json.Key("policies");
  json.BeginObject();
  for (std::size_t i = 0; i < authz::kLayerCount; ++i) {
    if (!explanation.layers[i]) continue;
    json.Key(LayerWords(static_cast<Layer>(i)));
    json.String(DecisionWord(*explanation.layers[i]));
  }
  json.EndObject();
  json.Key("statements");
  json.BeginArray();
  for (const authz::Trace& trace : explanation.traces) {
    json.BeginObject();
    json.Key("policies");
    json.String(LayerWords(trace.layer));
    place(trace.statement);
    json.Key("effect");
    json.String(trace.statement.statement().denies() ? "Deny" : "Allow");
    json.Key("applies");
    json.Boolean(trace.applies);
    if (!trace.applies) {
      json.Key("reason");
      json.String(authz::Describe(trace, request));
    }
    json.EndObject();
  }
  json.EndArray();
  json.Key("missing_keys");
  json.BeginArray();
  for (const std::string& key : explanation.missing_keys) json.String(key);
  json.EndArray();
  json.EndObject();
  return text + "\n";
}

std::vector<const CompiledSet*> Pointers(const std::vector<std::unique_ptr<const CompiledSet>>& sets) {
  std::vector<const CompiledSet*> pointers;
  pointers.reserve(sets.size());
  for (const auto& set : sets) pointers.push_back(set.get());
  return pointers;
}

FileResult<Printed> Evaluate(const EvalArguments& arguments) {
  const auto fail = [](std::string message) { return Failure<std::string>{std::move(message)}; };
  if (arguments.action.find(':') == std::string::npos || arguments.action.find_first_of("*?") != std::string::npos) {
    return fail("--action takes one action, as in s3:GetObject, not `" + arguments.action + "`");
  }
  const auto target = Arn::Parse(arguments.target);
  if (!target && arguments.target != "*") return fail("--resource takes an ARN or *, not `" + arguments.target + "`");
  if (!arguments.resource_account.empty() && !AccountId::Parse(arguments.resource_account)) {
    return fail("--resource-account takes twelve digits, not `" + arguments.resource_account + "`");
  }
  if (!arguments.trust.empty() && !arguments.resource.empty())
    return fail("give --trust or --resource-policy, not both");

  authz::NamedPrincipal principal{.kind = authz::CallerKind::kUser};
  if (!arguments.principal.empty()) {
    auto parsed = authz::ParsePrincipal(arguments.principal);
    if (!parsed) return fail("--principal does not know `" + arguments.principal + "`");
    principal = *std::move(parsed);
  }
  authz::RequestContext request{
      .action = arguments.action, .resource = arguments.target, .principal = principal.View()};
  TRY(FillContext(arguments.context, request.keys));
  if (!arguments.principal.empty()) authz::FillPrincipalKeys(principal, request.keys);

  const Loaded loaded = TRY(LoadAll(arguments));
  const auto scp = Pointers(loaded.scp);
  const auto rcp = Pointers(loaded.rcp);
  authz::PolicySet policies{.identity = loaded.identity.get(),
                            .boundary = loaded.boundary.get(),
                            .session = loaded.session.get(),
                            .resource = loaded.resource.get(),
                            .service_control = scp,
                            .resource_control = rcp};
  if (loaded.trust != nullptr) {
    policies.resource = loaded.trust.get();
    policies.resource_rule = authz::ResourceRule::kTrust;
  } else if (AsciiLower(arguments.action).starts_with("kms:") && loaded.resource != nullptr) {
    policies.resource_rule = authz::ResourceRule::kMustAllow;
  }
  if (!arguments.resource_account.empty()) {
    request.resource_account = arguments.resource_account;
  } else if (target && AccountId::Parse(target->account) && !principal.account.empty()) {
    request.resource_account = target->account;
  }

  authz::Explanation explanation;
  const authz::Verdict verdict = authz::Evaluate(request, policies, explanation);
  Printed printed{.exit_code = verdict.allowed() ? 0 : kExitBadNews};
  if (arguments.json) {
    printed.text = AsJson(verdict, explanation, request, loaded.policies);
  } else {
    printed.text = Summary(verdict, loaded.policies);
    if (arguments.explain) printed.text += Details(explanation, request, loaded.policies);
  }
  return printed;
}

}  // namespace

Printed EvaluatePolicies(const EvalArguments& arguments) {
  auto printed = Evaluate(arguments);
  if (printed.ok()) return *std::move(printed);
  return {.text = "claviger: " + printed.error() + "\n", .exit_code = kExitFailed};
}

}  // namespace claviger::cli

// Reads the evaluation cases of tests/vectors/evaluation (see its README) into plain data and runs them.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "authz/compiled_set.h"
#include "authz/evaluate.h"
#include "codec/json.h"
#include "policy/parse.h"
#include "suites/source_folder.h"

namespace claviger::test {

struct CallerData {
  authz::CallerKind kind = authz::CallerKind::kAnonymous;
  std::string account = {}, arn = {}, issuer_arn = {}, unique_id = {}, name = {}, canonical_user_id = {};
  bool service_linked_role = false;
};

using Documents = std::vector<std::shared_ptr<const policy::Document>>;

struct EvaluationCase {
  std::string name, rule;
  CallerData caller;
  std::string action, resource, resource_account;
  std::map<std::string, std::vector<std::string>> context;
  std::map<std::string, std::vector<Documents>> layers;  // Layers without levels have one.
  authz::ResourceRule resource_rule = authz::ResourceRule::kMayAllow;
  bool session_binds = false;
  authz::Decision decision = authz::Decision::kImplicitDeny;
  std::string layer;
  std::vector<std::string> statements;  // "identity.0#1": policy 0 of the layer, its statement 1.
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::string VectorPath(const std::string& file) {
  return std::string(kSourceFolder) + "/tests/vectors/evaluation/" + file;
}

inline codec::JsonDocument ReadJson(const std::string& file) {
  auto json = codec::ParseJson(ReadFile(VectorPath(file)), {.bytes_max = 16U << 20});
  EXPECT_TRUE(json.ok()) << file << ": " << (json.ok() ? "" : json.error().message);
  return std::move(json).value();
}

inline authz::CallerKind CallerKindOf(std::string_view name) {
  using enum authz::CallerKind;
  const std::map<std::string_view, authz::CallerKind> kinds = {
      {"anonymous", kAnonymous},
      {"root", kRoot},
      {"user", kUser},
      {"role_session", kRoleSession},
      {"federated_user", kFederatedUser},
      {"service", kService},
      {"outsider", kOutsider},
  };
  return kinds.at(name);
}

inline std::string_view LayerName(authz::Layer layer) {
  switch (layer) {
    case authz::Layer::kResourceControl:
      return "resource_control";
    case authz::Layer::kServiceControl:
      return "service_control";
    case authz::Layer::kResource:
      return "resource";
    case authz::Layer::kTrust:
      return "trust";
    case authz::Layer::kIdentity:
      return "identity";
    case authz::Layer::kBoundary:
      return "boundary";
    case authz::Layer::kSession:
      return "session";
    case authz::Layer::kRootUser:
      return "root_user";
  }
  return "";
}

inline std::map<std::string, CallerData> ReadCallers() {
  const codec::JsonDocument json = ReadJson("callers.json");
  std::map<std::string, CallerData> callers;
  for (const codec::JsonMember& member : json.root().members) {
    const auto text = [&](std::string_view name) {
      const codec::JsonValue* value = member.value.Find(name);
      return value == nullptr ? std::string() : std::string(value->text);
    };
    callers[std::string(member.name)] = {.kind = CallerKindOf(text("kind")),
                                         .account = text("account"),
                                         .arn = text("arn"),
                                         .issuer_arn = text("issuer_arn"),
                                         .unique_id = text("unique_id"),
                                         .name = text("name"),
                                         .canonical_user_id = text("canonical_user_id"),
                                         .service_linked_role = text("service_linked_role") == "true"};
  }
  return callers;
}

// A document as written, or the list of its statements.
inline std::shared_ptr<const policy::Document> ReadDocument(const codec::JsonDocument& json,
                                                            const codec::JsonValue& value) {
  std::string text(json.text().substr(value.begin.offset, value.end.offset - value.begin.offset));
  if (value.IsArray()) text = R"({"Version": "2012-10-17", "Statement": )" + text + "}";
  auto document = policy::Parse(text, policy::Kind::kAny);
  EXPECT_TRUE(document.ok()) << text << "\n" << (document.ok() ? "" : document.error().reason);
  return document.ok() ? *document : std::make_shared<policy::Document>();
}

inline std::vector<EvaluationCase> ReadEvaluationCases(const std::string& file) {
  const auto callers = ReadCallers();
  const codec::JsonDocument json = ReadJson(file);
  std::vector<EvaluationCase> cases;
  for (const codec::JsonValue& item : json.root().Find("cases")->items) {
    EvaluationCase out;
    const auto text = [&](std::string_view name) {
      const codec::JsonValue* value = item.Find(name);
      return value == nullptr ? std::string() : std::string(value->text);
    };
    out.name = text("name");
    out.rule = text("rule");
    out.caller = callers.at(text("caller"));
    out.action = text("action");
    out.resource = text("resource");
    out.resource_account = text("resource_account");
    out.layer = text("layer");
    out.decision = text("decision") == "Allowed"        ? authz::Decision::kAllowed
                   : text("decision") == "ExplicitDeny" ? authz::Decision::kExplicitDeny
                                                        : authz::Decision::kImplicitDeny;
    for (const codec::JsonValue& statement : item.Find("statements")->items)
      out.statements.emplace_back(statement.text);
    if (const codec::JsonValue* context = item.Find("context")) {
      for (const codec::JsonMember& key : context->members) {
        auto& values = out.context[std::string(key.name)];
        if (key.value.IsArray()) {
          for (const codec::JsonValue& value : key.value.items) values.emplace_back(value.text);
        } else {
          values.emplace_back(key.value.text);
        }
      }
    }
    for (const codec::JsonMember& layer : item.Find("policies")->members) {
      if (layer.name == "resource_rule") {
        out.resource_rule = layer.value.text == "trust" ? authz::ResourceRule::kTrust : authz::ResourceRule::kMustAllow;
        continue;
      }
      if (layer.name == "session_binds") {
        out.session_binds = layer.value.text == "true";
        continue;
      }
      std::vector<Documents>& levels = out.layers[std::string(layer.name)];
      if (!layer.name.ends_with("_control")) {
        Documents& documents = levels.emplace_back();
        for (const codec::JsonValue& document : layer.value.items) documents.push_back(ReadDocument(json, document));
        continue;
      }
      for (const codec::JsonValue& level : layer.value.items) {
        Documents& documents = levels.emplace_back();
        for (const codec::JsonValue& document : level.items) documents.push_back(ReadDocument(json, document));
      }
    }
    cases.push_back(std::move(out));
  }
  return cases;
}

// A case's policies compiled, and its request; the case must outlive it.
class PreparedCase {
 public:
  explicit PreparedCase(const EvaluationCase& from) {
    policies.resource_rule = from.resource_rule;
    policies.session_binds = from.session_binds;
    for (const auto& [layer, levels] : from.layers) {
      for (std::size_t level = 0; level < levels.size(); ++level) {
        std::string id = layer == "resource" && from.resource_rule == authz::ResourceRule::kTrust ? "trust" : layer;
        if (layer.ends_with("_control")) id += "." + std::to_string(level);
        Add(layer, id, levels[level]);
      }
    }
    policies.service_control = service_control_;
    policies.resource_control = resource_control_;
    SetRequest(from);
  }

  // Another request under the same policies.
  void SetRequest(const EvaluationCase& from) {
    request.keys.Clear();
    request.action = from.action;
    request.resource = from.resource;
    request.resource_account = from.resource_account;
    request.principal = {.kind = from.caller.kind,
                         .account = from.caller.account,
                         .arn = from.caller.arn,
                         .issuer_arn = from.caller.issuer_arn,
                         .unique_id = from.caller.unique_id,
                         .name = from.caller.name,
                         .canonical_user_id = from.caller.canonical_user_id,
                         .service_linked_role = from.caller.service_linked_role};
    for (const auto& [key, values] : from.context) {
      request.keys.Set(key, std::vector<std::string_view>(values.begin(), values.end()));
    }
  }

  authz::RequestContext request;
  authz::PolicySet policies;

 private:
  void Add(const std::string& layer, const std::string& id, const Documents& documents) {
    std::vector<std::shared_ptr<const authz::CompiledPolicy>> compiled;
    for (std::size_t i = 0; i < documents.size(); ++i) {
      compiled.push_back(authz::Compile(documents[i], {.id = id + "." + std::to_string(i), .arn = ""}));
    }
    sets_.push_back(std::make_unique<authz::CompiledSet>(std::move(compiled)));
    const authz::CompiledSet* set = sets_.back().get();
    if (layer == "identity") policies.identity = set;
    if (layer == "boundary") policies.boundary = set;
    if (layer == "session") policies.session = set;
    if (layer == "resource") policies.resource = set;
    if (layer == "service_control") service_control_.push_back(set);
    if (layer == "resource_control") resource_control_.push_back(set);
  }

  std::vector<std::unique_ptr<authz::CompiledSet>> sets_;
  std::vector<const authz::CompiledSet*> service_control_;
  std::vector<const authz::CompiledSet*> resource_control_;
};

inline std::string NameOf(const authz::StatementRef& ref) {
  return ref.policy == nullptr ? "" : ref.policy->source().id + "#" + std::to_string(ref.index);
}

}  // namespace claviger::test

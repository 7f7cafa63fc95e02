#include "service/authorization_message.h"

#include <string_view>
#include <utility>
#include <vector>

#include "codec/json_writer.h"
#include "session/authorization_message.h"

namespace claviger::service {
namespace {

constexpr std::size_t kValueBytesMax = 512;
// What the statement may take, so that there is always room for the context.
constexpr std::size_t kStatementBytesMax = session::kAuthorizationTextBytesMax / 2;
// For what follows behind the last condition.
constexpr std::size_t kReservedBytes = 16;

// Cuts between characters. (A broken one at the end would only become U+FFFD.)
std::string_view Cut(std::string_view text) { return text.substr(0, kValueBytesMax); }

// {"items":[...]} of as many of `count` items as fit: `write(json, i)` writes one.
template <class Write>
void WriteItems(std::string& out, std::size_t bytes_max, std::size_t count, const Write& write) {
  out += R"({"items":[)";
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t before = out.size();
    if (i > 0) out += ',';
    write(out, i);
    if (out.size() + kReservedBytes > bytes_max) {
      out.resize(before);
      break;
    }
  }
  out += "]}";
}

void AppendValue(std::string& out, std::string_view value) {
  out += R"({"value":)";
  codec::AppendJsonString(Cut(value), out);
  out += '}';
}

void WriteTexts(std::string& out, std::size_t bytes_max, const std::vector<std::string>& texts) {
  WriteItems(out, bytes_max, texts.size(), [&](std::string& to, std::size_t i) { AppendValue(to, texts[i]); });
}

void Name(std::string& out, std::string_view name) {
  out += ",\"";
  out += name;
  out += "\":";
}

void WriteConditions(std::string& out, std::size_t bytes_max, const std::vector<policy::Condition>& conditions) {
  WriteItems(out, bytes_max, conditions.size(), [&](std::string& to, std::size_t i) {
    to += R"({"key":)";
    codec::AppendJsonString(Cut(conditions[i].key), to);
    Name(to, "values");
    WriteTexts(to, bytes_max, conditions[i].values);
    to += '}';
  });
}

void WriteStatement(std::string& out, const authz::StatementRef& ref, const Caller& caller) {
  const policy::Statement& statement = ref.statement().source();
  const std::size_t bytes_max = kStatementBytesMax;
  out += R"({"statementId":)";
  codec::AppendJsonString(Cut(statement.sid.value_or("")), out);
  Name(out, "effect");
  out += statement.effect == policy::Effect::kDeny ? R"("DENY")" : R"("ALLOW")";
  Name(out, "principals");
  WriteTexts(out, bytes_max, {caller.unique_id});
  Name(out, "principalGroups");
  WriteTexts(out, bytes_max, {});
  Name(out, "actions");
  WriteTexts(out, bytes_max, statement.action.patterns);
  Name(out, "resources");
  WriteTexts(out, bytes_max, statement.resource ? statement.resource->patterns : std::vector<std::string>());
  Name(out, "conditions");
  WriteConditions(out, bytes_max, statement.conditions);
  out += '}';
}

void WriteContext(std::string& out, const authz::RequestContext& context, const Caller& caller) {
  const std::size_t colon = caller.user_id.find(':');
  const std::string_view session = std::string_view(caller.user_id).substr(colon == std::string::npos ? 0 : colon + 1);
  out += R"({"principal":{"id":)";
  codec::AppendJsonString(caller.user_id, out);
  Name(out, "name");
  codec::AppendJsonString(caller.user_name.empty() ? session : std::string_view(caller.user_name), out);
  Name(out, "arn");
  codec::AppendJsonString(caller.arn, out);
  out += '}';
  Name(out, "action");
  codec::AppendJsonString(context.action, out);
  Name(out, "resource");
  codec::AppendJsonString(Cut(context.resource), out);
  Name(out, "conditions");

  std::vector<std::pair<std::string_view, authz::ContextKeys::Values>> keys;
  context.keys.ForEach(
      [&](std::string_view name, const authz::ContextKeys::Values& values) { keys.emplace_back(name, values); });
  WriteItems(out, session::kAuthorizationTextBytesMax, keys.size(), [&](std::string& to, std::size_t i) {
    to += R"({"key":)";
    codec::AppendJsonString(Cut(keys[i].first), to);
    Name(to, "values");
    const auto& values = keys[i].second;
    WriteItems(to, session::kAuthorizationTextBytesMax, values.size(),
               [&](std::string& item, std::size_t n) { AppendValue(item, values[n]); });
    to += '}';
  });
  out += '}';
}

}  // namespace

std::string AuthorizationText(const authz::Verdict& verdict, const authz::RequestContext& context,
                              const Caller& caller) {
  std::string out = R"({"allowed":)";
  out += verdict.allowed() ? "true" : "false";
  Name(out, "explicitDeny");
  out += verdict.decision == authz::Decision::kExplicitDeny ? "true" : "false";
  Name(out, "matchedStatements");
  const bool matched = verdict.statement.policy != nullptr;
  out += R"({"items":[)";
  if (matched) WriteStatement(out, verdict.statement, caller);
  out += "]}";
  Name(out, "failures");
  out += R"({"items":[]})";
  Name(out, "context");
  WriteContext(out, context, caller);
  out += '}';
  return out;
}

std::string SealAuthorizationMessage(const authz::Verdict& verdict, const authz::RequestContext& context,
                                     const Caller& caller, const crypto::Keyring& keys, Random& random) {
  return session::EncodeAuthorizationMessage(AuthorizationText(verdict, context, caller), caller.account, keys, random);
}

}  // namespace claviger::service

#include "cli/explain.h"

#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <span>

#include <CLI/CLI.hpp>

#include "cli/policy_file.h"
#include "cli/settings.h"
#include "codec/json.h"
#include "server/installation.h"
#include "session/authorization_message.h"
#include "store/lmdb.h"

namespace claviger::cli {
namespace {

using codec::JsonValue;
using server::StartError;
using server::StartResult;

constexpr std::size_t kRequestIdCharacters = 36;  // Shorter than any message.

struct Arguments {
  Settings settings;
  std::string what;
  bool json = false;
};

// The member at the end of the path; null when there is none.
const JsonValue* Find(const JsonValue* value, std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) value = value == nullptr ? nullptr : value->Find(name);
  return value;
}

std::string TextOf(const JsonValue* value) { return value == nullptr ? std::string() : Printable(value->text); }

// {"items": [...]}
std::span<const JsonValue> Items(const JsonValue* value) {
  const JsonValue* items = Find(value, {"items"});
  return items == nullptr ? std::span<const JsonValue>() : std::span<const JsonValue>(items->items);
}

// Of {"items": [{"value": ...}]}.
std::string Values(const JsonValue* value) {
  std::string text;
  for (const JsonValue& item : Items(value)) text += (text.empty() ? "" : ", ") + TextOf(item.Find("value"));
  return text;
}

void AddStatement(const JsonValue& statement, std::string& out) {
  const std::string sid = TextOf(statement.Find("statementId"));
  out += "because of a statement" + (sid.empty() ? std::string() : " `" + sid + "`") + " with " +
         (TextOf(statement.Find("effect")) == "DENY" ? "Deny" : "Allow") + ":\n";
  out += "  actions     " + Values(statement.Find("actions")) + "\n";
  out += "  resources   " + Values(statement.Find("resources")) + "\n";
  for (const JsonValue& condition : Items(statement.Find("conditions"))) {
    out += "  condition   on " + TextOf(condition.Find("key")) + ", with " + Values(condition.Find("values")) + "\n";
  }
}

StartResult<std::string> MessageOf(const Arguments& arguments, const std::string& log) {
  if (arguments.what.size() > kRequestIdCharacters) return arguments.what;
  if (log == "-" || log == "off" || log.empty()) {
    return Failure<StartError>{"name the server's access log with --access-log FILE, or give the message itself"};
  }
  std::ifstream file(log);
  if (!file) return Failure<StartError>{"the access log " + log + " cannot be opened"};
  auto message = FindInAccessLog(file, arguments.what);
  if (!message) return Failure<StartError>{"the access log " + log + " has no denied request " + arguments.what};
  return *std::move(message);
}

StartResult<std::string> Decode(server::Installation& installation, const std::string& message) {
  for (const directory::Account& account : TRY(server::ReadAccounts(installation))) {
    auto text = session::DecodeAuthorizationMessage(message, account.id, installation.keys.markers);
    if (text.ok()) return *std::move(text);
  }
  return Failure<StartError>{"this is no message of this installation"};
}

StartResult<> Explain(CLI::App& command, Arguments& arguments) {
  const server::Config config = TRY(Finish(command, arguments.settings));
  if (!store::HoldsLmdb(config.data)) {
    return Failure<StartError>{"there is no store in " + config.data.string() + "; name its folder with --data"};
  }
  const std::string message = TRY(MessageOf(arguments, config.access_log));
  SystemRandom random;
  auto installation = TRY(server::OpenInstallation(config, random, SystemClock().Now()));
  const std::string text = TRY(Decode(installation, message));
  std::printf("%s", (arguments.json ? text + "\n" : DescribeDenial(text)).c_str());
  return {};
}

}  // namespace

std::string DescribeDenial(std::string_view json) {
  const auto document = codec::ParseJson(json);
  const JsonValue* context = document.ok() ? Find(&document->root(), {"context"}) : nullptr;
  if (context == nullptr) return std::string(json) + "\n";
  const JsonValue& root = document->root();
  std::string out = TextOf(root.Find("allowed")) == "true" ? "allowed: " : "denied: ";
  out += TextOf(Find(context, {"principal", "arn"})) + " (" + TextOf(Find(context, {"principal", "id"})) +
         ") asked for " + TextOf(context->Find("action")) + " on " + TextOf(context->Find("resource")) + "\n";
  const auto statements = Items(root.Find("matchedStatements"));
  for (const JsonValue& statement : statements) AddStatement(statement, out);
  if (statements.empty()) out += "because no statement of the policies that had to allow it does\n";
  out += "condition keys of the request:\n";
  for (const JsonValue& condition : Items(context->Find("conditions"))) {
    out += "  " + TextOf(condition.Find("key")) + " = " + Values(condition.Find("values")) + "\n";
  }
  return out;
}

std::optional<std::string> FindInAccessLog(std::istream& log, std::string_view request_id) {
  std::string line;
  while (std::getline(log, line)) {
    if (line.find(request_id) == std::string::npos) continue;
    const auto document = codec::ParseJson(line);
    if (!document.ok() || TextOf(document->root().Find("request_id")) != request_id) continue;
    if (const JsonValue* message = document->root().Find("authorization_message")) return std::string(message->text);
    return std::nullopt;
  }
  return std::nullopt;
}

void AddExplainCommand(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* explain = app.add_subcommand("explain", "Tell why a request was denied");
  explain->add_option("MESSAGE", arguments->what, "Encoded authorization message, or the request's id")->required();
  AddInstallationOptions(*explain, arguments->settings);
  AddAccessLogOption(*explain, arguments->settings);
  explain->add_flag("--json", arguments->json, "Print the decoded message as it is");
  explain->callback([&chosen, explain, arguments] {
    chosen = [=] {
      const StartResult<> result = Explain(*explain, *arguments);
      if (result.ok()) return 0;
      static_cast<void>(std::fprintf(stderr, "claviger: %s\n", result.error().c_str()));
      return 1;
    };
  });
}

}  // namespace claviger::cli

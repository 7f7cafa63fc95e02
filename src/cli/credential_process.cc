#include "cli/credential_process.h"

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "base/time_text.h"
#include "cli/client_options.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

using client::Answer;
using client::ClientError;
using client::ClientResult;

struct Arguments {
  client::Overrides overrides;
  std::string role_arn;
  std::string session_name = "claviger";
  std::string external_id;
  unsigned duration_seconds = 3600;
};

client::CallResult<Answer> Issue(client::Api& api, const Arguments& arguments) {
  client::Parameters parameters = {{"DurationSeconds", std::to_string(arguments.duration_seconds)}};
  if (arguments.role_arn.empty()) return api.Call("sts", "GetSessionToken", parameters);
  parameters.emplace_back("RoleArn", arguments.role_arn);
  parameters.emplace_back("RoleSessionName", arguments.session_name);
  if (!arguments.external_id.empty()) parameters.emplace_back("ExternalId", arguments.external_id);
  return api.Call("sts", "AssumeRole", parameters);
}

ClientResult<int> PrintCredentials(const Arguments& arguments) {
  const SystemClock clock;
  client::Api api(TRY(client::Resolve(arguments.overrides, client::ProcessEnvironment)), clock);
  const auto issued = Issue(api, arguments);
  if (!issued.ok()) return Failure<ClientError>{issued.error().ToString()};
  const auto expiration = issued->Time("Credentials.Expiration");
  if (!expiration) return Failure<ClientError>{"the server's answer has no credentials"};
  std::string text;
  codec::JsonWriter json(text);
  json.BeginObject();
  json.Key("Version");
  json.Integer(1);
  for (const char* const name : {"AccessKeyId", "SecretAccessKey", "SessionToken"}) {
    json.Key(name);
    json.String(issued->Text(std::string("Credentials.").append(name)));
  }
  json.Key("Expiration");
  json.String(FormatIso8601(*expiration));
  json.EndObject();
  std::printf("%s\n", text.c_str());
  crypto::Wipe(text.data(), text.size());
  return 0;
}

}  // namespace

void AddCredentialProcessCommand(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "credential-process", "Print temporary credentials as the SDKs' setting credential_process has them");
  AddClientOptions(*command, arguments->overrides);
  command->add_option("--role-arn", arguments->role_arn, "Role to assume (default: a session of the caller's own)");
  command->add_option("--session-name", arguments->session_name, "Name of the role's session")->capture_default_str();
  command->add_option("--external-id", arguments->external_id, "External id that the role asks for");
  command->add_option("--duration", arguments->duration_seconds, "How many seconds they last")->capture_default_str();
  command->callback([&chosen, arguments] { chosen = [=] { return Report(PrintCredentials(*arguments)); }; });
}

}  // namespace claviger::cli

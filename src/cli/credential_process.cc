#include "cli/credential_process.h"

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "base/time_text.h"
#include "cli/client_options.h"
#include "client/temporary.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

using client::ClientError;
using client::ClientResult;

struct Arguments {
  client::Overrides overrides;
  client::TemporaryRequest request;
};

ClientResult<int> PrintCredentials(const Arguments& arguments) {
  const SystemClock clock;
  client::Api api(TRY(client::Resolve(arguments.overrides, client::ProcessEnvironment)), clock);
  const auto issued = client::Issue(api, arguments.request, clock);
  if (!issued.ok()) return Failure<ClientError>{issued.error().ToString()};
  std::string text;
  codec::JsonWriter json(text);
  json.BeginObject();
  json.Key("Version");
  json.Integer(1);
  json.Key("AccessKeyId");
  json.String(issued->access_key_id);
  json.Key("SecretAccessKey");
  json.String(issued->secret_access_key.Reveal());
  json.Key("SessionToken");
  json.String(issued->session_token);
  json.Key("Expiration");
  json.String(FormatIso8601(issued->expiration));
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
  AddTemporaryOptions(*command, arguments->request);
  command->callback([&chosen, arguments] { chosen = [=] { return Report(PrintCredentials(*arguments)); }; });
}

}  // namespace claviger::cli

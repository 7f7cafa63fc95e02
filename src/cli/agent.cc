#include "cli/agent.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "aws/arn.h"
#include "base/encoding.h"
#include "base/random.h"
#include "base/time_text.h"
#include "cli/client_options.h"
#include "cli/hand_over.h"
#include "cli/instance_metadata.h"
#include "client/api.h"
#include "client/temporary.h"
#include "codec/json_writer.h"
#include "net/listen.h"
#include "net/server.h"

namespace claviger::cli {
namespace {

using client::ClientError;
using client::ClientResult;

constexpr std::size_t kTokenBytesMin = 16;
constexpr std::size_t kTokenBytesMax = 1024;
constexpr std::string_view kPath = "/credentials";
constexpr std::chrono::seconds kPatience{2};
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kBadGateway = 502;

struct Arguments {
  client::Overrides overrides;
  client::TemporaryRequest request;
  std::string listen = "127.0.0.1:0";
  std::string token_file;  // Empty: the protocol of containers is not spoken.
  bool imds = false;
};

// Speaks the protocol of containers to who shows `token`, and that of instances otherwise; either may be missing.
class Agent final : public net::Handler {
 public:
  Agent(client::FreshCredentials& credentials, const std::optional<crypto::Secret>& token,
        const std::optional<InstanceMetadata>& metadata)
      : credentials_(credentials), token_(token), metadata_(metadata) {}

  void Handle(net::Exchange& exchange) override {
    if (metadata_ && (!token_ || exchange.request.path != kPath)) {
      metadata_->Respond(exchange.request, exchange.response);
    } else {
      Respond(exchange.request, exchange.response);
    }
    exchange.Answer();
  }

 private:
  void Respond(const http::Request& request, http::Response& response) {
    const auto shown = request.FindHeader("authorization");
    if (!shown || !crypto::ConstantTimeEquals(*shown, token_->Reveal())) {
      return Refuse(response, kForbidden, "AccessDenied", "the Authorization header is not the agent's token");
    }
    if (request.path != kPath) return Refuse(response, kNotFound, "NotFound", "ask for /credentials");
    if (request.method != "GET") return Refuse(response, kMethodNotAllowed, "MethodNotAllowed", "ask with GET");
    const auto current = credentials_.Get();
    if (!current.ok()) {
      const client::CallError& error = current.error();
      return Refuse(response, kBadGateway, error.code.empty() ? "Unavailable" : error.code, error.message);
    }
    response.content_type = "application/json";
    codec::JsonWriter json(response.body);
    json.BeginObject();
    const auto add = [&json](std::string_view name, std::string_view value) {
      json.Key(name);
      json.String(value);
    };
    add("AccessKeyId", (*current)->access_key_id);
    add("SecretAccessKey", (*current)->secret_access_key.Reveal());
    add("Token", (*current)->session_token);
    add("Expiration", FormatIso8601((*current)->expiration));
    json.EndObject();
  }

  static void Refuse(http::Response& response, int status, std::string_view code, std::string_view message) {
    response.status = status;
    response.content_type = "application/json";
    codec::JsonWriter json(response.body);
    json.BeginObject();
    json.Key("code");
    json.String(code);
    json.Key("message");
    json.String(message);
    json.EndObject();
  }

  client::FreshCredentials& credentials_;
  const std::optional<crypto::Secret>& token_;
  const std::optional<InstanceMetadata>& metadata_;
};

// The token in the file, which is made when it is not there.
ClientResult<crypto::Secret> TokenOf(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) {
    SystemRandom random;
    constexpr std::size_t kRandomBytes = 32;
    std::array<std::uint8_t, kRandomBytes> bytes{};
    random.Fill(bytes);
    crypto::Secret made(Base64UrlEncode(bytes));
    TRY(ReplaceFile(path, made.Reveal()));
    return made;
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kTokenBytesMax + 2, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.size() < kTokenBytesMin || text.size() > kTokenBytesMax ||
      std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; })) {
    return Failure<ClientError>{path + " holds no token: 16 to 1024 characters without spaces"};
  }
  return crypto::Secret(std::move(text));
}

// The instance profile that holds the role, as far as the agent's own credentials may see it.
std::optional<InstanceProfile> ProfileOf(client::Api& api, const RoleName& role) {
  const auto answer = api.Call("iam", "ListInstanceProfilesForRole", {{"RoleName", role.name}});
  if (!answer.ok()) return std::nullopt;
  for (const auto& item : answer->List("InstanceProfiles")) {
    std::string arn = client::Answer::TextAt(item, "Arn");
    const auto parts = Arn::Parse(arn);
    if (!parts || parts->account != role.account) continue;  // A role of the same name in the caller's account.
    return InstanceProfile{.arn = std::move(arn), .id = client::Answer::TextAt(item, "InstanceProfileId")};
  }
  return std::nullopt;
}

// In AWS's words.
std::string Architecture() {
  utsname machine{};
  if (uname(&machine) != 0) return {};
  const std::string name = machine.machine;
  return name == "aarch64" ? "arm64" : name;
}

ClientResult<Instance> Describe(const std::string& role_arn, client::Api& api, client::FreshCredentials& credentials) {
  const auto role = ParseRoleArn(role_arn);
  if (!role) return Failure<ClientError>{"--imds: instances have a role, which --role-arn must name"};
  return Instance{.account = role->account,
                  .role = role->name,
                  .region = api.settings().region,
                  .architecture = Architecture(),
                  .credentials = [&credentials] { return credentials.Get(); },
                  .profile = [&api, role = *role] { return ProfileOf(api, role); }};
}

ClientResult<int> Run(const Arguments& arguments) {
  const auto address = net::ParseHostPort(arguments.listen);
  if (!address.ok() || (address->host != "127.0.0.1" && address->host != "::1" && address->host != "localhost")) {
    return Failure<ClientError>{"--listen: the agent serves this machine only, as in 127.0.0.1:9911"};
  }
  if (!arguments.imds && arguments.token_file.empty()) {
    return Failure<ClientError>{"give --token-file, --imds or both: by which protocol programs ask"};
  }
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // Before there are threads, so that they leave them to us.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));

  const SystemClock clock;
  client::Api api(TRY(client::Resolve(arguments.overrides, client::ProcessEnvironment)), clock);
  client::FreshCredentials credentials(api, clock, arguments.request);
  std::optional<crypto::Secret> token;
  if (!arguments.token_file.empty()) token = TRY(TokenOf(arguments.token_file));
  std::optional<InstanceMetadata> metadata;
  if (arguments.imds) {
    SystemRandom random;
    metadata.emplace(TRY(Describe(arguments.request.role_arn, api, credentials)), clock, random);
  }
  net::ServerOptions options;
  options.listeners = {{.address = arguments.listen}};
  options.loops = 1;
  options.clock = &clock;
  auto server = net::Server::Start(std::move(options),
                                   [&](net::Loop&) { return std::make_unique<Agent>(credentials, token, metadata); });
  if (!server.ok()) return Failure<ClientError>{server.error().message};
  const std::string host = address->host == "::1" ? "[::1]" : address->host;
  const std::string url = "http://" + host + ":" + std::to_string((*server)->port());
  if (token) std::printf("export AWS_CONTAINER_CREDENTIALS_FULL_URI=%s%s\n", url.c_str(), kPath.data());
  // Some SDKs append the path as it is, without a slash of its own.
  if (metadata) std::printf("export AWS_EC2_METADATA_SERVICE_ENDPOINT=%s/\n", url.c_str());
  static_cast<void>(std::fflush(stdout));
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->Stop(kPatience);
  return 0;
}

}  // namespace

void AddAgentCommand(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("agent", "Hand temporary credentials to programs on this machine");
  AddClientOptions(*command, arguments->overrides);
  AddTemporaryOptions(*command, arguments->request);
  command->add_option("--listen", arguments->listen, "Loopback address to listen on")->capture_default_str();
  command->add_option(
      "--token-file", arguments->token_file,
      "Speak the protocol of AWS's containers to programs that show the token in this file; made when it "
      "is not there");
  command->add_flag("--imds", arguments->imds,
                    "Speak EC2's instance metadata protocol, version 2, to every program on this machine");
  command->callback([&chosen, arguments] { chosen = [=] { return Report(Run(*arguments)); }; });
}

}  // namespace claviger::cli

#include "cli/agent.h"

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

#include "base/encoding.h"
#include "base/random.h"
#include "base/time_text.h"
#include "cli/client_options.h"
#include "cli/hand_over.h"
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
// SDKs ask again a quarter of an hour before the end: they must then get credentials that last longer.
constexpr std::chrono::minutes kFreshFor{20};
constexpr std::chrono::seconds kPatience{2};
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kBadGateway = 502;

struct Arguments {
  client::Overrides overrides;
  client::TemporaryRequest request;
  std::string listen = "127.0.0.1:0";
  std::string token_file;
};

// Asks the server for credentials when those it has are about to end; keeps these for as long as the server is away.
class Agent final : public net::Handler {
 public:
  Agent(client::Api& api, const Clock& clock, const client::TemporaryRequest& request, const crypto::Secret& token)
      : api_(api), clock_(clock), request_(request), token_(token) {}

  void Handle(net::Exchange& exchange) override {
    Respond(exchange.request, exchange.response);
    exchange.Answer();
  }

 private:
  void Respond(const http::Request& request, http::Response& response) {
    const auto shown = request.FindHeader("authorization");
    if (!shown || !crypto::ConstantTimeEquals(*shown, token_.Reveal())) {
      return Refuse(response, kForbidden, "AccessDenied", "the Authorization header is not the agent's token");
    }
    if (request.path != "/credentials") return Refuse(response, kNotFound, "NotFound", "ask for /credentials");
    if (request.method != "GET") return Refuse(response, kMethodNotAllowed, "MethodNotAllowed", "ask with GET");
    const auto refreshed = Refresh();
    if (!current_ || current_->expiration <= clock_.Now()) {
      const client::CallError& error = refreshed.error();  // Else there were fresh ones.
      return Refuse(response, kBadGateway, error.code.empty() ? "Unavailable" : error.code, error.message);
    }
    response.content_type = "application/json";
    codec::JsonWriter json(response.body);
    json.BeginObject();
    const auto add = [&json](std::string_view name, std::string_view value) {
      json.Key(name);
      json.String(value);
    };
    add("AccessKeyId", current_->access_key_id);
    add("SecretAccessKey", current_->secret_access_key.Reveal());
    add("Token", current_->session_token);
    add("Expiration", FormatIso8601(current_->expiration));
    json.EndObject();
  }

  client::CallResult<> Refresh() {
    const auto half = std::chrono::seconds(request_.duration_seconds / 2);
    const auto fresh_for = std::min<std::chrono::seconds>(kFreshFor, half);
    if (current_ && current_->expiration - clock_.Now() > fresh_for) return {};
    current_ = TRY(client::Issue(api_, request_));
    return {};
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

  client::Api& api_;
  const Clock& clock_;
  const client::TemporaryRequest& request_;
  const crypto::Secret& token_;
  std::optional<client::TemporaryCredentials> current_;
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

ClientResult<int> Run(const Arguments& arguments) {
  const auto address = net::ParseHostPort(arguments.listen);
  if (!address.ok() || (address->host != "127.0.0.1" && address->host != "::1" && address->host != "localhost")) {
    return Failure<ClientError>{"--listen: the agent serves this machine only, as in 127.0.0.1:9911"};
  }
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // Before there are threads, so that they leave them to us.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));

  const SystemClock clock;
  client::Api api(TRY(client::Resolve(arguments.overrides, client::ProcessEnvironment)), clock);
  const crypto::Secret token = TRY(TokenOf(arguments.token_file));
  net::ServerOptions options;
  options.listeners = {{.address = arguments.listen}};
  options.loops = 1;
  options.clock = &clock;
  auto server = net::Server::Start(
      std::move(options), [&](net::Loop&) { return std::make_unique<Agent>(api, clock, arguments.request, token); });
  if (!server.ok()) return Failure<ClientError>{server.error().message};
  const std::string host = address->host == "::1" ? "[::1]" : address->host;
  std::printf("export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://%s:%u/credentials\n", host.c_str(),
              static_cast<unsigned>((*server)->port()));
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
  command
      ->add_option("--token-file", arguments->token_file,
                   "File with the token that programs must show; made when it is not there")
      ->required();
  command->callback([&chosen, arguments] { chosen = [=] { return Report(Run(*arguments)); }; });
}

}  // namespace claviger::cli

#include "server/serve.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "net/server.h"
#include "server/access_log_file.h"
#include "server/audit.h"
#include "server/catalogues.h"
#include "server/delegation.h"
#include "server/installation.h"
#include "server/issuer_keys.h"
#include "server/log.h"
#include "server/operations.h"
#include "server/version.h"
#include "service/key_age_sweep.h"
#include "service/worker.h"

namespace claviger::server {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";
constexpr int kNotFound = 404;
constexpr int kUnavailable = 503;

// What all event loops share.
struct Shared {
  Installation installation;
  ops::Operations operations;
  SystemClock clock;
  directory::Quotas quotas;
  Catalogues catalogues;
  std::unique_ptr<AccessLogFile> access_log;  // Null: none is kept.
  Audit audit;
  std::unique_ptr<DelegationService> delegation;
  std::unique_ptr<federation::IssuerKeys> issuer_keys;
  std::string token_issuers;
  std::unique_ptr<service::KeyAgeService> key_ages;
  std::atomic<bool> ready{false};
  std::mutex mutex;
  std::vector<const service::Metrics*> metrics;  // Guarded by mutex, as the next.
  std::vector<service::Worker*> workers;
};

// Health and metrics: what an administrator's tools ask, unsigned. Returns whether the path was one of theirs.
bool AnswerAdmin(Shared& shared, const http::Request& request, http::Response& response) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (request.path == "/healthz") {
    response.body = "ok\n";
  } else if (request.path == "/readyz") {
    const bool ready = shared.ready.load();
    response.status = ready ? response.status : kUnavailable;
    response.body = ready ? "ready\n" : "not ready\n";
  } else if (request.path == "/metrics") {
    const std::lock_guard lock(shared.mutex);
    response.body = service::WriteMetrics(shared.metrics);
    if (shared.audit.trail != nullptr) response.body += WriteAuditMetrics(*shared.audit.trail);
    if (shared.key_ages != nullptr) response.body += service::WriteKeyAgeMetrics(shared.key_ages->counts());
    if (shared.access_log != nullptr) response.body += WriteAccessLogMetrics(*shared.access_log);
    response.content_type = kPrometheusText;
    return true;
  } else {
    return false;
  }
  response.content_type = kPlainText;
  return true;
}

// The API on one event loop.
class ApiHandler final : public net::Handler {
 public:
  ApiHandler(Shared& shared, std::unique_ptr<service::Worker> worker, bool admin)
      : shared_(shared), worker_(std::move(worker)), admin_(admin) {}
  ~ApiHandler() override { WriteLog(); }

  void Handle(net::Exchange& exchange) override {
    if (admin_ && AnswerAdmin(shared_, exchange.request, exchange.response)) return exchange.Answer();
    if (worker_->AnswerTokenIssuer(exchange.request, exchange.response)) return exchange.Answer();
    worker_->Handle(exchange.request, exchange.response, [&exchange] { exchange.Answer(); });
    if (worker_->access_log().size() > kLogBytesMax) WriteLog();
  }

  void Tick() override {
    WriteLog();
    worker_->auditor().Flush();
  }

 private:
  static constexpr std::size_t kLogBytesMax = 256 << 10;

  void WriteLog() {
    if (shared_.access_log == nullptr || worker_->access_log().size() == 0) return;
    shared_.access_log->Write(worker_->access_log().Take());
  }

  Shared& shared_;
  std::unique_ptr<service::Worker> worker_;
  bool admin_;
};

class AdminHandler final : public net::Handler {
 public:
  explicit AdminHandler(Shared& shared) : shared_(shared) {}
  void Handle(net::Exchange& exchange) override {
    if (!AnswerAdmin(shared_, exchange.request, exchange.response)) {
      exchange.response.status = kNotFound;
      exchange.response.content_type = kPlainText;
      exchange.response.body = "There are /healthz, /readyz and /metrics.\n";
    }
    exchange.Answer();
  }

 private:
  Shared& shared_;
};

// Keeps a second server off the same data folder; the administrator's commands share it.
class DataLock {
 public:
  static StartResult<DataLock> Take(const std::filesystem::path& data) {
    const std::filesystem::path path = data / "server.lock";
    DataLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (lock.fd_ < 0) return Failure<StartError>{"cannot open " + path.string()};
    if (flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
      return Failure<StartError>{"another server is running on the data folder " + data.string() +
                                 "; stop it, or give another --data"};
    }
    return lock;
  }
  DataLock(DataLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock() {
    if (fd_ >= 0) close(fd_);
  }

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

// Where a client on this machine reaches a listener: "*:80" is everywhere, so also here.
std::string UrlOf(std::string_view scheme, const std::string& address, std::uint16_t port) {
  std::string host = address.substr(0, address.rfind(':'));
  if (host == "*" || host == "0.0.0.0" || host.empty()) host = "127.0.0.1";
  if (host == "[::]") host = "[::1]";
  return std::string(scheme) + "://" + host + ":" + std::to_string(port);
}

// The address below which accounts are issuers of tokens. What others reach, and whether it is encrypted on the way,
// only the administrator knows.
std::string TokenIssuersOf(const Config& config) {
  std::string url = config.token_issuer_url;
  while (url.ends_with('/')) url.pop_back();
  if (!url.empty()) return url;
  const std::string& listen = config.listen.front();
  const std::string_view digits = std::string_view(listen).substr(listen.rfind(':') + 1);
  std::uint16_t port = 0;
  static_cast<void>(std::from_chars(digits.data(), digits.data() + digits.size(), port));  // Checked with the settings.
  return UrlOf(config.tls_cert.empty() ? "http" : "https", listen, port);
}

net::ServerOptions NetOptions(const Config& config, const Clock& clock) {
  net::ServerOptions options;
  const bool tls = !config.tls_cert.empty();
  for (const std::string& address : config.listen) {
    options.listeners.push_back({.address = address, .transport = tls ? net::Transport::kTls : net::Transport::kPlain});
  }
  if (tls) options.tls = net::TlsFiles{config.tls_cert.string(), config.tls_key.string()};
  options.loops = config.threads;
  options.limits.body_bytes_max = config.body_bytes_max;
  options.clock = &clock;
  options.log = [](std::string_view line) { LogWarning(line); };
  return options;
}

void PrintWelcome(const std::string& url, const std::vector<NewRootKey>& made) {
  for (const NewRootKey& key : made) {
    std::printf(
        "\nA new account was made: %s. Its root access key is shown this once:\n\n"
        "  export AWS_ACCESS_KEY_ID=%s\n"
        "  export AWS_SECRET_ACCESS_KEY=%s\n"
        "  export AWS_DEFAULT_REGION=us-east-1\n"
        "  export AWS_ENDPOINT_URL=%s\n\n"
        "Paste these lines into another terminal, and say who you are:\n\n"
        "  aws --endpoint-url $AWS_ENDPOINT_URL sts get-caller-identity\n\n"
        "README.md goes on from there with a first user and the rotation of its key.\n",
        key.account.ToString().c_str(), key.access_key_id.c_str(), std::string(key.secret_access_key.Reveal()).c_str(),
        url.c_str());
  }
  static_cast<void>(std::fflush(stdout));
}

StartResult<std::unique_ptr<net::Server>> StartApi(Shared& shared, const Config& config) {
  StartError failure;
  const service::Environment environment{.store = *shared.installation.store,
                                         .keys = shared.installation.keys,
                                         .quotas = shared.quotas,
                                         .operations = shared.operations,
                                         .clock = shared.clock,
                                         .catalogue = shared.catalogues.policies(),
                                         .session_end = config.sessions_end_with_access_key
                                                            ? service::SessionEnd::kWithAccessKey
                                                            : service::SessionEnd::kExpiry,
                                         .master_key = &shared.installation.master_key,
                                         .services = shared.catalogues.services(),
                                         .trail = shared.audit.trail.get(),
                                         .deliveries = shared.audit.deliveries.get(),
                                         .issuer_keys = shared.issuer_keys.get(),
                                         .token_issuers = shared.token_issuers};
  const auto make_handler = [&](net::Loop& loop) -> std::unique_ptr<net::Handler> {
    auto worker = service::Worker::New(
        environment, std::make_unique<SystemRandom>(),
        [&loop](std::function<void()> task) { loop.Post(std::move(task)); }, shared.access_log != nullptr);
    if (!worker.ok()) {
      failure = worker.error().message;
      return std::make_unique<AdminHandler>(shared);
    }
    const std::lock_guard lock(shared.mutex);
    shared.metrics.push_back(&(*worker)->metrics());
    shared.workers.push_back(worker->get());
    return std::make_unique<ApiHandler>(shared, std::move(worker).value(), config.admin_listen.empty());
  };
  auto server = net::Server::Start(NetOptions(config, shared.clock), make_handler);
  if (!server.ok()) return Failure<StartError>{server.error().message};
  if (!failure.empty()) return Failure<StartError>{failure};
  return std::move(server).value();
}

StartResult<std::unique_ptr<net::Server>> StartAdmin(Shared& shared, const Config& config) {
  if (config.admin_listen.empty()) return std::unique_ptr<net::Server>();
  net::ServerOptions options;
  options.listeners = {{.address = config.admin_listen}};
  options.loops = 1;
  options.clock = &shared.clock;
  options.log = [](std::string_view line) { LogWarning(line); };
  auto server =
      net::Server::Start(std::move(options), [&](net::Loop&) { return std::make_unique<AdminHandler>(shared); });
  if (!server.ok()) return Failure<StartError>{server.error().message};
  return std::move(server).value();
}

// What holds for accounts that have not chosen how old access keys may become, where administrators' commands find it.
StartResult<> LayDownKeyAge(Shared& shared, const Config& config, Random& random) {
  directory::KeyAgeRule rule = config.key_age;
  rule.since = shared.clock.Now();
  return RunChange(shared.installation, AccountId(), shared.quotas, random, [&](directory::Directory& directory) {
    return directory::PutDefaultKeyAgeRule(directory.context.transaction, rule);
  });
}

std::unique_ptr<service::KeyAgeService> StartKeyAges(Shared& shared) {
  return std::make_unique<service::KeyAgeService>(
      service::KeyAgeMeans{.store = *shared.installation.store,
                           .keys = shared.installation.keys,
                           .quotas = shared.quotas,
                           .catalogue = shared.catalogues.policies(),
                           .clock = shared.clock,
                           .trail = shared.audit.trail.get(),
                           .log = [](std::string_view line) { LogWarning(line); }},
      std::make_unique<SystemRandom>());
}

// Ends the API in the one order that is safe, however Serve is left: first no loop runs any more, then the audit trail
// writes what the loops have left, and product providers get their last notices, then the store makes durable what
// still waits, which it reports to workers that are still there.
class EndOfApi {
 public:
  EndOfApi(net::Server& api, Shared& shared) : api_(api), shared_(shared) {}
  EndOfApi(const EndOfApi&) = delete;
  EndOfApi& operator=(const EndOfApi&) = delete;
  ~EndOfApi() {
    api_.Stop(std::chrono::milliseconds(0));  // Does nothing after a graceful stop.
    shared_.key_ages.reset();
    for (service::Worker* worker : shared_.workers) worker->auditor().Close();
    shared_.audit.Stop();
    shared_.delegation.reset();
    shared_.installation.store.reset();
  }

 private:
  net::Server& api_;
  Shared& shared_;
};

sigset_t ServerSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// Waits for the signal to stop; SIGHUP only opens the access log and reads the TLS files again.
void WaitForStop(const sigset_t& signals, net::Server& api, Shared& shared, const Config& config) {
  for (;;) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) return;
    if (shared.access_log != nullptr) shared.access_log->Reopen();
    if (config.tls_cert.empty()) continue;
    const auto reloaded = api.ReloadTls();
    if (reloaded.ok()) {
      LogInfo("the TLS certificate was read again");
    } else {
      LogError("the TLS certificate stays as it was: " + reloaded.error().message);
    }
  }
}

}  // namespace

StartResult<> Serve(const Config& config) {
  StartLogging(config.log_level);
  // Blocked before any thread starts, so that all of them leave signals to WaitForStop.
  const sigset_t signals = ServerSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));

  SystemRandom random;
  Shared shared;
  shared.quotas = config.quotas;
  shared.catalogues = TRY(LoadCatalogues(config));
  shared.operations = AllOperations();
  shared.access_log =
      TRY(AccessLogFile::Open(config.access_log, {.log = [](std::string_view line) { LogWarning(line); }}));
  shared.issuer_keys = TRY(OpenIssuerKeys(config));
  shared.token_issuers = TokenIssuersOf(config);
  shared.installation = TRY(OpenInstallation(config, random, shared.clock.Now()));
  std::unique_ptr<DataLock> lock;
  if (!config.memory) lock = std::make_unique<DataLock>(TRY(DataLock::Take(config.data)));
  const auto made = TRY(EnsureAccounts(shared.installation, config, random, shared.clock.Now()));

  TRY(LayDownKeyAge(shared, config, random));
  shared.audit = TRY(StartAudit(config, shared.installation, shared.clock));
  shared.key_ages = StartKeyAges(shared);
  shared.delegation = TRY(StartDelegation(config, shared.installation, shared.quotas, shared.clock));

  const std::unique_ptr<net::Server> api = TRY(StartApi(shared, config));
  const EndOfApi end_of_api(*api, shared);
  const std::unique_ptr<net::Server> admin = TRY(StartAdmin(shared, config));
  shared.ready = true;  // Before anybody can read that it listens.
  const std::string url = UrlOf(config.tls_cert.empty() ? "http" : "https", config.listen.front(), api->port());
  std::printf("Claviger %s listens on %s (%s)\n", kVersion, url.c_str(),
              config.memory ? "in memory: nothing is kept" : ("data in " + config.data.string()).c_str());
  if (admin) std::printf("Health and metrics are at %s\n", UrlOf("http", config.admin_listen, admin->port()).c_str());
  PrintWelcome(url, made);

  WaitForStop(signals, *api, shared, config);
  shared.ready = false;
  LogInfo("stopping: finishing the requests in flight");
  api->Stop(config.stop_timeout);
  if (admin) admin->Stop(config.stop_timeout);
  return {};
}

}  // namespace claviger::server

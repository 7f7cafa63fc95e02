// A server that gives one constant answer, to measure the network room alone with a load generator, e.g.
//   net_bench 8080 1 & wrk -t1 -c32 -d10 http://127.0.0.1:8080/
// Usage: net_bench PORT LOOPS [CERTIFICATE_PEM KEY_PEM]. Runs until it is interrupted.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/clock.h"
#include "net/server.h"

namespace {

using namespace claviger;

constexpr std::size_t kBodyBytes = 500;

class ConstantAnswer final : public net::Handler {
 public:
  void Handle(net::Exchange& exchange) override {
    exchange.response.content_type = "text/xml";
    exchange.response.body.assign(kBodyBytes, 'x');
    exchange.Answer();
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    std::fprintf(stderr, "usage: net_bench PORT LOOPS [CERTIFICATE_PEM KEY_PEM]\n");
    return 2;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const SystemClock clock;
  net::ServerOptions options;
  options.listeners = {{std::string("127.0.0.1:") + argv[1]}};
  options.loops = static_cast<std::size_t>(std::strtoul(argv[2], nullptr, 10));
  options.clock = &clock;
  if (argc == 5) {
    options.listeners[0].transport = net::Transport::kTls;
    options.tls = net::TlsFiles{argv[3], argv[4]};
  }
  auto server = net::Server::Start(options, [](net::Loop&) { return std::make_unique<ConstantAnswer>(); });
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  std::printf("listening on port %u\n", (*server)->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->Stop(std::chrono::seconds(1));
  return 0;
}

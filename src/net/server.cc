#include "net/server.h"

#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "net/event_loop.h"
#include "net/listen.h"

namespace claviger::net {
namespace {

class RunningServer final : public Server {
 public:
  explicit RunningServer(ServerOptions options) : shared_(std::move(options)) {}
  ~RunningServer() override { Stop(std::chrono::milliseconds(0)); }

  NetResult<> Begin(const HandlerFactory& make_handler);

  [[nodiscard]] std::uint16_t port(std::size_t listener) const override { return ports_.at(listener); }
  [[nodiscard]] std::size_t open_connections() const override { return shared_.open_connections.load(); }
  NetResult<> ReloadTls() override;
  void Stop(std::chrono::milliseconds patience) override;

 private:
  NetResult<> ListenEverywhere();

  Shared shared_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::mutex stopping_;
  std::vector<std::thread> threads_;
};

NetResult<> RunningServer::Begin(const HandlerFactory& make_handler) {
  if (shared_.options.tls.has_value()) TRY(ReloadTls());
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = shared_.options.loops == 0 ? cores : shared_.options.loops;
  try {
    for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<EventLoop>(i, shared_));
    TRY(ListenEverywhere());
    for (const auto& loop : loops_) loop->SetHandler(make_handler(*loop));
    for (const auto& loop : loops_) threads_.emplace_back([running = loop.get()] { running->Run(); });
  } catch (const std::system_error& e) {
    return Failure{NetError{std::string("cannot start the server: ") + e.what()}};
  }
  return {};
}

NetResult<> RunningServer::ListenEverywhere() {
  for (const Listener& listener : shared_.options.listeners) {
    if (listener.transport == Transport::kTls && !shared_.options.tls.has_value()) {
      return Failure{NetError{"`" + listener.address + "` needs a certificate and a private key for TLS"}};
    }
    ListeningSockets listening = TRY(Listen(listener.address, loops_.size()));
    ports_.push_back(listening.port);
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      loops_[i]->AddListener(std::move(listening.sockets[i]), listener.transport);
    }
  }
  return {};
}

NetResult<> RunningServer::ReloadTls() {
  if (!shared_.options.tls.has_value()) return Failure{NetError{"the server has no TLS files to reload"}};
  shared_.SetTls(TRY(TlsContext::Load(*shared_.options.tls)));
  return {};
}

void RunningServer::Stop(std::chrono::milliseconds patience) {
  const std::lock_guard lock(stopping_);
  for (const auto& loop : loops_) loop->Stop(patience);
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace

void Handler::RenderError(const http::ParseError& error, http::Response& response) {
  response.content_type = "text/plain; charset=utf-8";
  response.body.assign(error.reason).append("\n");
}

NetResult<std::unique_ptr<Server>> Server::Start(ServerOptions options, const HandlerFactory& make_handler) {
  auto server = std::make_unique<RunningServer>(std::move(options));
  TRY(server->Begin(make_handler));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace claviger::net

// An HTTP/1.1 server on TCP, with or without TLS: a thread with an event loop per core, each with listening sockets,
// connections and a handler of its own, so that a request is read, served and answered without leaving its thread.
//
// Made against slow, broken and hostile clients: every state of a connection has a deadline, every buffer a limit, and
// running out of file descriptors or connections stops accepting for a moment instead of spinning or failing.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "http/parser.h"
#include "net/exchange.h"

namespace claviger::net {

struct NetError {
  std::string message;
};

template <class T = void>
using NetResult = Expected<T, NetError>;

using SteadyTime = std::chrono::steady_clock::time_point;

// What a handler may ask of the loop that it serves.
class Loop {
 public:
  // From 0 to the number of loops.
  [[nodiscard]] virtual std::size_t index() const = 0;
  // Runs `task` on the loop's thread, soon, in the order of posting. From any thread, at any time: once the loop has
  // stopped, tasks are dropped.
  virtual void Post(std::function<void()> task) = 0;

 protected:
  ~Loop() = default;
};

// Serves the requests of one loop; called on that loop's thread only, and never from within another of its calls.
class Handler {
 public:
  virtual ~Handler() = default;

  // Serves a request: fills exchange.response and calls exchange.Answer() exactly once, now or later. What it throws is
  // logged and answered with 500; then it must not have answered nor given the exchange away.
  virtual void Handle(Exchange& exchange) = 0;

  // Fills the answer to a request that was refused before Handle could see it. The status is set already; the default
  // adds the reason as plain text.
  virtual void RenderError(const http::ParseError& error, http::Response& response);

  // Comes about every kTick, for whatever has to happen now and then.
  virtual void Tick() {}
};

inline constexpr std::chrono::milliseconds kTick{100};

// Called once for each loop by Server::Start, on its caller's thread. `loop` lives as long as the server.
using HandlerFactory = std::function<std::unique_ptr<Handler>(Loop& loop)>;

enum class Transport { kPlain, kTls };

struct Listener {
  std::string
      address;  // "127.0.0.1:8080", "[::1]:8443", "localhost:80"; "*:443" is every address; port 0: any free one.
  Transport transport = Transport::kPlain;
};

// PEM files: the certificate followed by its chain, and its private key.
struct TlsFiles {
  std::string certificate_chain_path;
  std::string private_key_path;
};

// Checked every kTick, so each may take that much longer. How long a handler takes is its own affair.
struct Timeouts {
  std::chrono::milliseconds head{20'000};  // From a request's first byte (or the connection's start) to its head's end.
  std::chrono::milliseconds body{120'000};  // From there to the end of the body.
  std::chrono::milliseconds idle{75'000};   // Between requests.
  std::chrono::milliseconds write{60'000};  // From the moment that the client stops taking an answer to its last byte.
  std::chrono::milliseconds linger{2'000};  // Spent reading what a refused client still sends, so that it sees why.
};

struct ServerOptions {
  std::vector<Listener> listeners;
  std::size_t loops = 0;        // 0: one for each core.
  std::optional<TlsFiles> tls;  // Required by listeners with kTls.
  http::ParserLimits limits;
  std::size_t connections_max = 10'000;  // Of all loops together.
  // What requests larger than 64 KiB may occupy in all; those beyond it are answered 503.
  std::size_t large_buffer_bytes_max = 1 << 30;
  Timeouts timeouts;
  const Clock* clock = nullptr;  // For the Date header. Required; outlives the server.
  std::function<SteadyTime()> steady_now = std::chrono::steady_clock::now;  // For the timeouts. Thread-safe.
  std::function<void(std::string_view)> log;                                // Rare trouble, a line each. Thread-safe.
};

// Safe to use from any thread but those of its loops.
class Server {
 public:
  // Listens, and serves from then on. Fails when an address cannot be had or the TLS files cannot be used.
  static NetResult<std::unique_ptr<Server>> Start(ServerOptions options, const HandlerFactory& make_handler);

  // Stops at once when Stop has not been called.
  virtual ~Server() = default;

  // Where the listener at this place in the options really listens.
  [[nodiscard]] virtual std::uint16_t port(std::size_t listener = 0) const = 0;

  // Reads the TLS files again; new connections use them. When they cannot be used, the old ones stay.
  virtual NetResult<> ReloadTls() = 0;

  // Stops accepting, closes idle connections, lets requests in flight finish for at most `patience`, then closes what
  // is left and joins the threads. An exchange still unanswered stays valid; answering it then does nothing.
  virtual void Stop(std::chrono::milliseconds patience) = 0;

  [[nodiscard]] virtual std::size_t open_connections() const = 0;
};

}  // namespace claviger::net

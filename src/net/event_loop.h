// One thread's event loop: epoll, the loop's listening sockets and connections, its handler, and what other threads
// ask.
//
// Sockets are registered once, edge-triggered, for all they can tell. With that a request on a kept connection costs
// one recv, one send and a share in one epoll_wait: see docs/decisions/0002-network.md.
//
// All functions belong to the loop's thread except where stated otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "http/writer.h"
#include "net/file_descriptor.h"
#include "net/server.h"
#include "net/tls.h"

namespace claviger::net {

class Connection;
class EventLoop;

// What the loops of a server share. Safe to use from any thread.
class Shared {
 public:
  explicit Shared(ServerOptions server_options) : options(std::move(server_options)) {}

  const ServerOptions options;
  std::atomic<std::size_t> open_connections{0};
  std::atomic<std::size_t> large_buffer_bytes{0};

  void Log(std::string_view line) const {
    if (options.log) options.log(line);
  }
  [[nodiscard]] std::shared_ptr<const TlsContext> tls() const {
    const std::lock_guard lock(mutex_);
    return tls_;
  }
  void SetTls(std::shared_ptr<const TlsContext> tls) {
    const std::lock_guard lock(mutex_);
    tls_ = std::move(tls);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> tls_;
};

// Where other threads leave tasks and answers for a loop. Outlives the loop when an exchange is answered late.
// Safe to use from any thread.
class Mailbox {
 public:
  struct Contents {
    std::vector<std::function<void()>> tasks;
    std::vector<Connection*> answered;
  };

  Mailbox();

  [[nodiscard]] int wake_fd() const { return wake_.get(); }
  void Post(std::function<void()> task);
  // False once the loop is gone: then the connection is its caller's to drop.
  bool Answered(Connection* connection);
  // Takes everything. The loop calls it when wake_fd has become readable, and once more after Close.
  Contents Take();
  void Close();

 private:
  void Wake();

  const FileDescriptor wake_;
  std::mutex mutex_;
  Contents contents_;
  bool closed_ = false;
};

// Something whose descriptor the loop watches.
class Pollable {
 public:
  virtual void OnEvents(std::uint32_t events) = 0;

 protected:
  ~Pollable() = default;
};

// A socket from which a loop accepts.
class Acceptor final : public Pollable {
 public:
  Acceptor(EventLoop& loop, FileDescriptor socket, Transport transport);

  void OnEvents(std::uint32_t events) override;
  // Accepts again after a pause.
  void Resume();
  void Close() { socket_.Close(); }

 private:
  // False: pause.
  bool AcceptOne();
  void Pause();

  EventLoop& loop_;
  FileDescriptor socket_;
  const Transport transport_;
  bool more_ = false;  // Connections may be waiting.
  bool paused_ = false;
  bool starved_ = false;  // The system has refused us a connection, and that has been logged.
};

class EventLoop final : public Loop {
 public:
  // Throws std::system_error when the system has no descriptors left.
  EventLoop(std::size_t index, Shared& shared);
  ~EventLoop();

  // The mailbox of the loop whose thread this is, or null. From any thread.
  static const Mailbox* Current();

  // Loop. From any thread.
  [[nodiscard]] std::size_t index() const override { return index_; }
  void Post(std::function<void()> task) override { mailbox_->Post(std::move(task)); }

  // Before Run.
  void SetHandler(std::unique_ptr<Handler> handler) { handler_ = std::move(handler); }
  void AddListener(FileDescriptor socket, Transport transport);

  // Serves until it is told to stop and has nothing left to do. The body of the loop's thread.
  void Run();
  // From any thread.
  void Stop(std::chrono::milliseconds patience);

  // ---- For acceptors and connections.
  Shared& shared() { return shared_; }
  Handler& handler() { return *handler_; }
  const std::shared_ptr<Mailbox>& mailbox() { return mailbox_; }
  // As of the last wake-up.
  [[nodiscard]] SteadyTime now() const { return now_; }
  // For the Date header.
  std::string_view date() { return date_.At(shared_.options.clock->Now()); }
  [[nodiscard]] bool stopping() const { return stop_deadline_.has_value(); }
  // For bytes that are consumed before anyone else may need it.
  std::span<char> scratch() { return {scratch_.get(), kScratchBytes}; }

  bool Watch(int fd, std::uint32_t events, Pollable* pollable);
  void Unwatch(int fd);
  void Add(std::shared_ptr<Connection> connection);
  // The connection has closed; it lives on until the current events have been dealt with.
  void Remove(Connection& connection);
  // Advances the connection once the current events have been dealt with.
  void Defer(std::shared_ptr<Connection> connection);
  void DeferAccept() { accept_again_ = true; }

 private:
  static constexpr std::size_t kScratchBytes = 32 << 10;

  class Waker final : public Pollable {
   public:
    explicit Waker(EventLoop& loop) : loop_(loop) {}
    void OnEvents(std::uint32_t events) override;

   private:
    EventLoop& loop_;
  };

  void RunOnce();
  void RunDeferred();
  void RunTick();
  void RunMail(const Mailbox::Contents& contents);
  void BeginStop(std::chrono::milliseconds patience);
  void Finish();
  [[nodiscard]] bool Finished() const;
  // Runs what may throw without letting it end the thread.
  template <class F>
  void Guard(F&& run);

  const std::size_t index_;
  Shared& shared_;
  const std::shared_ptr<Mailbox> mailbox_;
  const FileDescriptor epoll_;
  const std::unique_ptr<char[]> scratch_;
  std::unique_ptr<Handler> handler_;
  Waker waker_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> closed_;
  std::vector<std::shared_ptr<Connection>> deferred_;
  std::vector<std::shared_ptr<Connection>> advancing_;
  http::DateText date_;
  SteadyTime now_;
  std::chrono::steady_clock::time_point next_tick_;
  std::optional<std::chrono::steady_clock::time_point> stop_deadline_;
  bool accept_again_ = false;
};

}  // namespace claviger::net

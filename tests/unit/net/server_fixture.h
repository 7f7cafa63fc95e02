// What the tests of the server share: a server on a free port, of one loop, whose time and handler belong to the test.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "net/server.h"
#include "suites/http_client.h"

namespace claviger::net {

class FixedClock final : public Clock {
 public:
  TimePoint Now() const override {
    using namespace std::chrono;
    return sys_days(2026y / November / 22) + 8h;
  }
};

// Answers by what the test says; counts ticks.
class FunctionHandler final : public Handler {
 public:
  FunctionHandler(std::function<void(Exchange&)> handle, std::atomic<int>& ticks)
      : handle_(std::move(handle)), ticks_(ticks) {}
  void Handle(Exchange& exchange) override { handle_(exchange); }
  void Tick() override { ++ticks_; }

 private:
  const std::function<void(Exchange&)> handle_;
  std::atomic<int>& ticks_;
};

// Says what it has been sent.
inline void Echo(Exchange& exchange) {
  exchange.response.content_type = "text/plain";
  exchange.response.body.append(exchange.request.method).append(" ").append(exchange.request.path);
  if (!exchange.request.query.empty()) exchange.response.body.append("?").append(exchange.request.query);
  exchange.response.body.append(" ").append(exchange.request.body);
  exchange.Answer();
}

// Exchanges on their way from a handler to the test's thread.
class Pending {
 public:
  void Put(Exchange& exchange) {
    const std::lock_guard lock(mutex_);
    exchanges_.push_back(&exchange);
    arrived_.notify_all();
  }
  Exchange& Take() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !exchanges_.empty(); });
    Exchange* exchange = exchanges_.front();
    exchanges_.erase(exchanges_.begin());
    return *exchange;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Exchange*> exchanges_;
};

class ServerFixture : public ::testing::Test {
 protected:
  using Client = ::claviger::testing::HttpClient;
  using Answer = ::claviger::testing::ClientResponse;

  void Start(std::function<void(Exchange&)> handle = Echo) {
    if (options_.listeners.empty()) options_.listeners = {{"127.0.0.1:0"}};
    if (options_.loops == 0) options_.loops = 1;
    options_.clock = &clock_;
    options_.steady_now = [this] { return SteadyTime(std::chrono::milliseconds(now_ms_.load())); };
    auto started = Server::Start(options_, [this, handle](Loop& loop) {
      loops_.push_back(&loop);
      return std::make_unique<FunctionHandler>(handle, ticks_);
    });
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(started).value();
    port_ = server_->port();
  }

  // The server notices at its next tick.
  void Elapse(std::chrono::milliseconds time) { now_ms_ += time.count(); }

  // Comes back when the loops have done what was asked of them before.
  void Settle() {
    for (Loop* loop : loops_) {
      std::mutex mutex;
      std::condition_variable done;
      bool ran = false;
      loop->Post([&] {
        const std::lock_guard lock(mutex);
        ran = true;
        done.notify_all();
      });
      std::unique_lock lock(mutex);
      done.wait(lock, [&] { return ran; });
    }
  }

  // Waits until the server has no more than this many connections.
  void WaitForConnections(std::size_t count) {
    while (server_->open_connections() != count) Settle();
  }

  FixedClock clock_;
  std::atomic<std::int64_t> now_ms_{1'000'000};
  std::atomic<int> ticks_{0};
  ServerOptions options_;
  std::vector<Loop*> loops_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Server> server_;
};

}  // namespace claviger::net

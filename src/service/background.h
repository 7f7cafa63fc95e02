// Threads beside an event loop, for work that takes too long for it. Started when they are first needed.
// Its functions belong to the thread of its owner.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace claviger::service {

class Background {
 public:
  explicit Background(std::size_t threads_max) : threads_max_(threads_max) {}
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  // Waits for the tasks at work; those behind them are dropped.
  ~Background();

  // Runs `task` after those that wait already. False, and it is dropped, when too many of them do.
  bool Run(std::function<void()> task);

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  std::size_t idle_ = 0;  // Threads that wait for a task.
  bool stop_ = false;
  const std::size_t threads_max_;
  std::vector<std::thread> threads_;
};

}  // namespace claviger::service

// A thread beside an event loop, for work that takes too long for it. Started when it is first needed.
// Its functions belong to the thread of its owner.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace claviger::service {

class Background {
 public:
  Background() = default;
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  // Waits for the task at work; those behind it are dropped.
  ~Background();

  // Runs `task` after those that wait already. False, and it is dropped, when too many of them do.
  bool Run(std::function<void()> task);

 private:
  void Loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace claviger::service

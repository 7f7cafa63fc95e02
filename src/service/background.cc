#include "service/background.h"

#include <utility>

namespace claviger::service {
namespace {

// At a tenth of a second each, the last one waits about as long as a client does.
constexpr std::size_t kWaitingMax = 64;

}  // namespace

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Background::Run(std::function<void()> task) {
  bool all_busy = false;
  {
    const std::lock_guard lock(mutex_);
    if (tasks_.size() >= kWaitingMax) return false;
    tasks_.push_back(std::move(task));
    all_busy = idle_ < tasks_.size();
  }
  wake_.notify_one();
  if (all_busy && threads_.size() < threads_max_) threads_.emplace_back([this] { Loop(); });
  return true;
}

void Background::Loop() {
  for (;;) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      ++idle_;
      wake_.wait(lock, [this] { return stop_ || !tasks_.empty(); });
      --idle_;
      if (stop_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace claviger::service

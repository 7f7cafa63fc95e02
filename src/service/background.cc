#include "service/background.h"

#include <utility>

namespace claviger::service {
namespace {

// At a tenth of a second each, the last one waits about as long as a client does.
constexpr std::size_t kWaitingMax = 64;

}  // namespace

Background::~Background() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool Background::Run(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (tasks_.size() >= kWaitingMax) return false;
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
  if (!thread_.joinable()) thread_ = std::thread([this] { Loop(); });
  return true;
}

void Background::Loop() {
  for (;;) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stop_ || !tasks_.empty(); });
      if (stop_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace claviger::service

#include "ops/slow_work.h"

#include <utility>

namespace claviger::ops {

Result<crypto::Secret> SlowWork::Get(const std::string& name, Task task) {
  if (const auto known = done_.find(name); known != done_.end()) return known->second;
  name_ = name;
  task_ = std::move(task);
  return Fail(ErrorCode::kServiceUnavailable, "The request is waiting for `" + name + "`.");
}

void SlowWork::Do() {
  const Task task = std::exchange(task_, nullptr);
  done_.insert_or_assign(std::exchange(name_, {}), task());
}

}  // namespace claviger::ops

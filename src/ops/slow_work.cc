#include "ops/slow_work.h"

namespace claviger::ops {

void SlowWork::Do() {
  const auto task = std::exchange(task_, nullptr);
  done_.insert_or_assign(std::exchange(name_, {}), task());
}

}  // namespace claviger::ops

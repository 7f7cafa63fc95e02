// Time as an input: whoever needs it is handed a Clock, so that tests own it.
#pragma once

#include <chrono>

namespace claviger {

using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;

// Safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint Now() const override;
};

}  // namespace claviger

// Work that takes too long for an event loop: hashing a password, asking an identity provider for its keys.
//
// An operation asks for the outcome of a piece of work by a name. While there is none it fails, whatever with, and the
// pipeline does the work on another thread and runs the operation again, as after a conflict; what was done once for a
// request is kept for its later attempts. Belongs to one request; not thread-safe.
#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include "aws/error.h"

namespace claviger::ops {

// What the work spends its time on, so that neither kind waits for the other.
enum class SlowKind : std::uint8_t { kComputing, kWaiting };

class SlowWork {
 public:
  // The outcome of `task`, a function that returns a Result and may run on any thread: it must hold all that it needs.
  // Equal names must stand for equal outcomes.
  // Errors: those of the task; any at all, to be handed on, when the work has to be done first.
  template <class Task>
  std::invoke_result_t<Task> Get(const std::string& name, Task task, SlowKind kind = SlowKind::kComputing) {
    if (const auto known = done_.find(name); known != done_.end()) {
      return std::any_cast<const std::invoke_result_t<Task>&>(known->second);
    }
    name_ = name;
    kind_ = kind;
    task_ = [task = std::move(task)] { return std::any(task()); };
    return Fail(ErrorCode::kServiceUnavailable, "The request is waiting for `" + name + "`.");
  }

  [[nodiscard]] bool waiting() const { return task_ != nullptr; }
  [[nodiscard]] SlowKind kind() const { return kind_; }  // Of what is waited for.
  // Does what is waited for. On any thread, while nobody else touches this.
  void Do();

 private:
  std::map<std::string, std::any> done_;
  std::string name_;
  SlowKind kind_ = SlowKind::kComputing;
  std::function<std::any()> task_;
};

}  // namespace claviger::ops

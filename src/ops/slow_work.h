// Work that takes too long for an event loop: hashing a password.
//
// An operation asks for the outcome of a piece of work by a name. While there is none it fails, whatever with, and the
// pipeline does the work on another thread and runs the operation again, as after a conflict; what was done once for a
// request is kept for its later attempts. Belongs to one request; not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "aws/error.h"
#include "crypto/secret.h"

namespace claviger::ops {

class SlowWork {
 public:
  // May run on any thread: it must hold all that it needs.
  using Task = std::function<Result<crypto::Secret>()>;

  // The outcome of `task`. Equal names must stand for equal outcomes.
  // Errors: those of the task; any at all, to be handed on, when the work has to be done first.
  Result<crypto::Secret> Get(const std::string& name, Task task);

  [[nodiscard]] bool waiting() const { return task_ != nullptr; }
  // Does what is waited for. On any thread, while nobody else touches this.
  void Do();

 private:
  std::map<std::string, Result<crypto::Secret>> done_;
  std::string name_;
  Task task_;
};

}  // namespace claviger::ops

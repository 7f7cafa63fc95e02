// What an operation gets: who calls, when, and the one account it may touch.
#pragma once

#include <string_view>

#include "aws/caller.h"
#include "base/clock.h"
#include "base/random.h"
#include "directory/directory.h"

namespace claviger::ops {

// One attempt at one request. The pipeline commits what the operation did, and runs it again on a conflict: an
// operation has no side effects besides the directory.
struct OperationContext {
  const Caller& caller;
  directory::Directory& directory;  // Of the caller's account.
  TimePoint now;
  Random& random;

  [[nodiscard]] AccountId account() const { return directory.context.account; }
};

}  // namespace claviger::ops

// The resources of one account, as one attempt at a change sees them: what an operation works with.
#pragma once

#include "directory/access_key.h"
#include "directory/account.h"
#include "directory/context.h"
#include "directory/user.h"

namespace claviger::directory {

// Not thread-safe. Gone with the transaction that it works on.
struct Directory {
  explicit Directory(const Context& from) : context(from), users(from), access_keys(from) {}

  Context context;
  Users users;
  AccessKeys access_keys;
};

}  // namespace claviger::directory

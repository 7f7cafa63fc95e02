// The store in memory: for tests, and for runs that need not outlive their process. Nothing is ever on disk.
//
// A commit is done, and `done` called, before Commit returns, in the caller's thread. Refresh costs one atomic load
// when nothing has changed, and otherwise copies a pointer under a lock that is held for no more than that.
#pragma once

#include <memory>

#include "store/store.h"

namespace claviger::store {

std::unique_ptr<Store> NewMemoryStore();

}  // namespace claviger::store

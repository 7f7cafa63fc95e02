// The reader of a store on disk: a state of LMDB, and the part of the log that it lacks.
#pragma once

#include <memory>

#include "store/lmdb_env.h"
#include "store/redo_log.h"
#include "store/store.h"

namespace claviger::store {

StoreResult<std::unique_ptr<Reader>> NewLmdbReader(std::shared_ptr<const LmdbEnv> env, std::shared_ptr<RedoLog> log);

}  // namespace claviger::store

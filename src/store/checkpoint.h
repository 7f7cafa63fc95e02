// Takes what is logged into LMDB, so that its place in the log can be used again.
#pragma once

#include "store/lmdb_env.h"
#include "store/lmdb_snapshot.h"
#include "store/redo_log.h"
#include "store/store.h"

namespace claviger::store {

// Takes the frozen layer into LMDB, in one transaction; nothing when there is none, or LMDB has it. Others may read and
// commit meanwhile.
StoreResult<> CheckpointFrozen(const LmdbEnv& env, RedoLog& log, const AtStep& at_step);

// Takes everything into LMDB and empties the log. REQUIRES: a turn that has begun with CatchUp. Renews `snapshot`.
StoreResult<> CheckpointAll(const LmdbEnv& env, RedoLog& log, LmdbSnapshot& snapshot, const AtStep& at_step);

}  // namespace claviger::store

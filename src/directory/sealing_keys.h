// The installation's sealing keys at rest, each sealed under the master key.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "crypto/secret.h"
#include "directory/context.h"

namespace claviger::directory {

// Reads the sealing keys, and makes those that are missing (on first start: all). Several processes may do so at once.
// Fails when the master key is not the one that the keys in the store were sealed under.
// REQUIRES: master_key.size() == crypto::kAeadKeyBytes.
Result<Keys> LoadSealingKeys(store::Store& store, const crypto::Secret& master_key, Random& random, TimePoint now);

// Whether the store has sealing keys already, so that only the master key that they were made with will do.
Result<bool> HasSealingKeys(store::Store& store);

}  // namespace claviger::directory

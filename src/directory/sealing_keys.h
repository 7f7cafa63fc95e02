// The installation's sealing keys at rest, each sealed under the master key.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "aws/caller.h"
#include "base/clock.h"
#include "base/random.h"
#include "crypto/secret.h"
#include "directory/context.h"

namespace claviger::directory {

// Reads the sealing keys, and makes those that are missing (on first start: all). Several processes may do so at once.
// Deletes session keys under which no living token can be sealed.
// Fails when the master key is not the one that the keys in the store were sealed under.
// REQUIRES: master_key.size() == crypto::kAeadKeyBytes.
Result<Keys> LoadSealingKeys(store::Store& store, const crypto::Secret& master_key, Random& random, TimePoint now);

// The session keys as they are now: of all rings the only one that changes while servers run. Errors: as
// LoadSealingKeys.
Result<crypto::Keyring> ReadSessionKeys(store::Transaction& transaction, const crypto::Secret& master_key);

// A session key that is no longer the newest opens tokens for so long after its successor was made.
inline constexpr std::chrono::seconds kSessionKeyKept = kSessionDurationMax + std::chrono::hours(1);

enum class OldKeys : std::uint8_t { kUntilTokensExpire, kDelete };

// Makes the key that seals session tokens from now on; running servers take it up with their next request. The old
// ones open tokens until the last of these has expired, unless they are to go at once, which ends every session.
Result<> RotateSessionKeys(store::Transaction& transaction, const crypto::Secret& master_key, Random& random,
                           TimePoint now, OldKeys old_keys);

struct SealingKeyInfo {
  std::uint32_t id = 0;  // The highest seals.
  TimePoint created;
};
// Oldest first.
Result<std::vector<SealingKeyInfo>> ListSessionKeys(store::Transaction& transaction);

// Whether the store has sealing keys already, so that only the master key that they were made with will do.
Result<bool> HasSealingKeys(store::Store& store);

}  // namespace claviger::directory

// The keys that digests of the audit trail are signed with. The newest signs; all of them are shown, so that whatever
// was signed can be verified.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/rsa_key.h"
#include "directory/context.h"

namespace claviger::directory {

struct AuditKey {
  std::string fingerprint;
  TimePoint created;
  std::string public_der;
  crypto::Secret sealed_private;  // A box of the ring `secrets`.
};

// Oldest first.
Result<std::vector<AuditKey>> ListAuditKeys(store::Transaction& transaction);

void InsertAuditKey(store::Transaction& transaction, const Keys& keys, const crypto::RsaKey& key,
                    const std::string& fingerprint, TimePoint now, Random& random);

// The private half. Errors: InternalFailure when it cannot be unsealed.
Result<crypto::RsaKey> OpenAuditKey(const AuditKey& key, const Keys& keys);

}  // namespace claviger::directory

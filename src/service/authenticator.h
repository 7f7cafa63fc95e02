// Who signed a request: from an access key id and, for temporary credentials, a session token, to an Identity.
//
// Identities are cached for as long as what they were read from has not changed: each remembers the records that it
// came from, with their revisions. While the store stands still that is one comparison of numbers a request; after a
// change somewhere it is one look-up a record; only after a change to one of them is it read and unsealed again. So a
// key that was switched off is refused from the very next request on.
//
// Not thread-safe: one for each event loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aws/error.h"
#include "base/bounded_cache.h"
#include "base/clock.h"
#include "base/random.h"
#include "directory/context.h"
#include "service/dependencies.h"
#include "service/directories.h"
#include "service/identity.h"
#include "service/permissions.h"
#include "session/token.h"
#include "store/store.h"

namespace claviger::service {

// What ends a session besides its expiry, its principal's deletion and a revocation.
enum class SessionEnd : std::uint8_t {
  kExpiry,         // Nothing: as in AWS it outlives the access key that asked for it.
  kWithAccessKey,  // The access key at the beginning of its chain is Inactive or gone.
};

class Authenticator {
 public:
  // REQUIRES: what it refers to outlives it.
  Authenticator(store::Reader& reader, const Directories& directories, SessionEnd session_end = SessionEnd::kExpiry);

  // The identity behind a key, in the reader's present snapshot.
  // Errors: InvalidClientTokenId (no such key, an Inactive one, a token that does not belong to the key, a principal
  // that is gone, a session that was ended), ExpiredToken.
  Result<IdentityPointer> Find(std::string_view access_key_id, std::optional<std::string_view> session_token,
                               TimePoint now);

  // Looks everybody up anew: the keys that tokens are sealed under have changed.
  void Forget();

 private:
  struct Cached {
    IdentityPointer identity;
    std::string session_token;  // Empty for long-term keys.
    Dependencies depends_on;
  };

  Result<Cached> Read(std::string_view access_key_id, std::optional<std::string_view> session_token);
  Result<IdentityPointer> ReadLongTerm(store::Transaction& transaction, std::string_view access_key_id);
  Result<IdentityPointer> ReadTemporary(store::Transaction& transaction, std::string_view access_key_id,
                                        std::string_view session_token);

  store::Reader& reader_;
  Directories directories_;
  SessionEnd session_end_;
  PolicyCache policies_;  // Of sessions.
  BoundedCache<Cached> cache_;
  std::uint64_t generations_ = 0;
};

}  // namespace claviger::service

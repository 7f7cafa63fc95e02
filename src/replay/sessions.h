// What the sessions of the past carried: tags, policies, source identity. Found by the event that issued their
// credentials, whose session token tells all of it to whoever has the keys. Not thread-safe.
#pragma once

#include <memory>
#include <string_view>

#include "audit/journal.h"
#include "aws/account_id.h"
#include "base/bounded_cache.h"
#include "crypto/keyring.h"
#include "session/token.h"

namespace claviger::replay {

class Sessions {
 public:
  // REQUIRES: both outlive it.
  Sessions(audit::Journal& journal, const crypto::Keyring& keys);

  // Null when the trail does not have the event, or its token can no longer be opened: `why` gets the reason, a static
  // text.
  std::shared_ptr<const session::Session> Find(AccountId account, std::string_view access_key_id, const char** why);

 private:
  struct Found {
    std::shared_ptr<const session::Session> session;
    const char* why = nullptr;
  };

  Found Look(AccountId account, std::string_view access_key_id);

  audit::Journal& journal_;
  const crypto::Keyring& keys_;
  BoundedCache<Found> cache_;  // By access key id.
};

}  // namespace claviger::replay

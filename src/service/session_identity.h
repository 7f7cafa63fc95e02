// From what a session token says to the identity that acts: the role or user behind it as they are now, the session's
// tags over theirs, and its session policies.
#pragma once

#include "directory/directory.h"
#include "service/identity.h"
#include "service/permissions.h"
#include "session/token.h"

namespace claviger::service {

// Root and users, without a secret; also what a long-term key speaks for. nullptr when the principal is gone.
// REQUIRES: `directory` is that of the principal's account.
Result<IdentityPointer> FindPrincipal(directory::Directory& directory, PrincipalType type,
                                      std::string_view principal_id);

// Whose session it is, without its secret; nullptr when the principal is gone.
// REQUIRES: `directory` is that of the session's account.
Result<IdentityPointer> FindSessionPrincipal(directory::Directory& directory, const session::Session& session,
                                             PolicyCache& policies);

// Whether the session was ended early: by its role, by the user or access key that it began with, by a key in between,
// by its source identity.
Result<bool> IsRevoked(directory::Directory& directory, const session::Session& session);

// Whether the long-term key that the session began with still is there and Active; true for those that began with none.
Result<bool> HasActiveOrigin(directory::Directory& directory, const session::Session& session);

}  // namespace claviger::service

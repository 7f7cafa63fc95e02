// Session tokens: temporary credentials that carry everything about themselves, sealed.
//
// Nothing is stored when one is made, and every node that has the sealing keys can open it. The token is the base64
// text of kTokenFormat (1 byte) || box of crypto/keyring.h over a codec/record.h record, specified in
// docs/internals/session.md. Pure; safe from any thread, with a Random of the thread's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/account_id.h"
#include "aws/caller.h"
#include "aws/error.h"
#include "base/clock.h"
#include "base/random.h"
#include "crypto/keyring.h"
#include "crypto/secret.h"

namespace claviger::session {

// A token longer than this is refused unread.
inline constexpr std::size_t kTokenCharactersMax = 16384;

struct Session {
  std::string access_key_id;  // "ASIA..."
  crypto::Secret secret;
  AccountId account;
  PrincipalType type = PrincipalType::kUser;
  std::string principal_id;          // Unique id of the user or role; the account's digits for root.
  std::string parent_access_key_id;  // The long-term key that asked for it; empty when none did.
  TimePoint issued;                  // Whole seconds.
  TimePoint expires;                 // Whole seconds.
  bool mfa_authenticated = false;
};

// A session with a new access key id and secret; everything else is as given.
Session WithNewCredentials(Session session, Random& random);

std::string MintToken(const Session& session, const crypto::Keyring& keys, Random& random);

// What was sealed, if this installation sealed it; expiry is the caller's to check.
// Errors: InvalidClientTokenId.
Result<Session> OpenToken(std::string_view token, const crypto::Keyring& keys);

// A new secret access key: 40 characters, the base64 text of 30 random bytes, as AWS's are.
crypto::Secret NewSecretAccessKey(Random& random);

}  // namespace claviger::session

// Session tokens: temporary credentials that carry everything about themselves, sealed.
//
// Nothing is stored when one is made, and every node that has the sealing keys can open it. The token is the base64
// text of kTokenFormat (1 byte) || box of crypto/keyring.h over a codec/record.h record, specified in
// docs/internals/session.md. Pure; safe from any thread, with a Random of the thread's own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/account_id.h"
#include "aws/caller.h"
#include "aws/error.h"
#include "aws/tag.h"
#include "base/clock.h"
#include "base/random.h"
#include "crypto/keyring.h"
#include "crypto/secret.h"

namespace claviger::session {

// A token longer than this is refused unread.
inline constexpr std::size_t kTokenCharactersMax = 16384;

// A longer chain of temporary keys is remembered by its newest.
inline constexpr std::size_t kViaMax = 8;

struct SessionTag {
  Tag tag;
  bool transitive = false;  // Roles assumed with these credentials inherit it.

  bool operator==(const SessionTag&) const = default;
};

struct Session {
  std::string access_key_id;  // "ASIA..."
  crypto::Secret secret;
  AccountId account;
  PrincipalType type = PrincipalType::kUser;
  std::string
      principal_id;  // Unique id of the role, or of the user (also who federated); the account's digits for root.
  std::string name;  // Of a role's session, or of a federated user; empty for users and root.
  SessionOrigin origin;
  std::vector<std::string> via;  // As Caller::Session; at most kViaMax.
  TimePoint issued;
  TimePoint expires;  // Whole seconds.
  bool mfa_authenticated = false;
  // Session policies; none of either: they do not narrow (but a federated user can do nothing without).
  std::string inline_policy;                  // A document.
  std::vector<std::string> managed_policies;  // Unique ids, in `account` or of AWS.
  bool assumed_root = false;                  // Of AssumeRoot, bound to the one managed policy: its task.
  std::vector<SessionTag> tags;               // Inherited ones included.
  std::string source_identity;
  // Of roles assumed by somebody whom an identity provider vouched for.
  std::string federated_provider;                                  // Its ARN.
  std::vector<std::pair<std::string, std::string>> identity_keys;  // Condition keys and their values.
  // The product provider that acts with it in the principal's place, within the inline policy whatever happens.
  std::optional<AccountId> delegate;
};

// A session with a new access key id and secret; everything else is as given.
Session WithNewCredentials(Session session, Random& random);

// What a token seals, for a session that is kept until it is begun: one without key and secret is no secret.
std::string EncodeSession(const Session& session);
// nullopt when it is not what EncodeSession wrote.
std::optional<Session> DecodeSession(std::string_view record);

std::string MintToken(const Session& session, const crypto::Keyring& keys, Random& random);

// What was sealed, if this installation sealed it; expiry is the caller's to check.
// Errors: InvalidClientTokenId.
Result<Session> OpenToken(std::string_view token, const crypto::Keyring& keys);

// A new secret access key: 40 characters, the base64 text of 30 random bytes, as AWS's are.
crypto::Secret NewSecretAccessKey(Random& random);

}  // namespace claviger::session

#include "service/authenticator.h"

#include <utility>

#include "directory/directory.h"
#include "service/last_use.h"
#include "service/session_identity.h"

namespace claviger::service {
namespace {

constexpr std::size_t kCachedIdentitiesMax = 16384;
constexpr std::size_t kAccessKeyIdBytesMax = 128;  // The API's own constraint.

Failure<Error> InvalidToken() {
  return Fail(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid.");
}

}  // namespace

Authenticator::Authenticator(store::Reader& reader, const Directories& directories, SessionEnd session_end)
    : reader_(reader), directories_(directories), session_end_(session_end), cache_(kCachedIdentitiesMax) {}

void Authenticator::Forget() { cache_ = BoundedCache<Cached>(kCachedIdentitiesMax); }

Result<IdentityPointer> Authenticator::Find(std::string_view access_key_id,
                                            std::optional<std::string_view> session_token, TimePoint now) {
  if (access_key_id.size() > kAccessKeyIdBytesMax) return InvalidToken();
  Cached* cached = cache_.Find(access_key_id);
  if (cached != nullptr && cached->session_token != session_token.value_or("")) cached = nullptr;
  if (cached == nullptr || !TRY(cached->depends_on.Hold(reader_))) {
    cached = &cache_.Insert(access_key_id, TRY(Read(access_key_id, session_token)));
  }
  const auto& session = cached->identity->caller.session;
  if (session && now >= session->expires) {
    return Fail(ErrorCode::kExpiredToken, "The security token included in the request is expired");
  }
  return cached->identity;
}

Result<Authenticator::Cached> Authenticator::Read(std::string_view access_key_id,
                                                  std::optional<std::string_view> session_token) {
  store::Transaction transaction(reader_);
  IdentityPointer identity = session_token ? TRY(ReadTemporary(transaction, access_key_id, *session_token))
                                           : TRY(ReadLongTerm(transaction, access_key_id));
  identity->caller.access_key_id = access_key_id;
  identity->generation = ++generations_;
  if (IsUseNoted(identity->caller)) {
    // Read last, in a view of its own: a new use must not make the identity stale.
    store::Transaction use_view(reader_);
    directory::Directory directory = directories_.Of(use_view, identity->caller.account);
    identity->last_recorded_use = TRY(FindLastUse(directory, identity->caller));
  }
  return Cached{.identity = std::move(identity),
                .session_token = std::string(session_token.value_or("")),
                .depends_on = Dependencies(transaction)};
}

Result<IdentityPointer> Authenticator::ReadLongTerm(store::Transaction& transaction, std::string_view access_key_id) {
  const auto account = TRY(directory::FindAccountOfAccessKey(transaction, access_key_id));
  if (!account) return InvalidToken();
  directory::Directory directory = directories_.Of(transaction, *account);
  auto key = TRY(directory.access_keys.Find(access_key_id));
  if (!key || key->status != directory::AccessKeyStatus::kActive) return InvalidToken();
  const PrincipalType type = key->owner == directory::kRootOwner ? PrincipalType::kRoot : PrincipalType::kUser;
  IdentityPointer identity = TRY(FindPrincipal(directory, type, key->owner));
  if (identity == nullptr) return InvalidToken();
  identity->secret_access_key = std::move(key->secret);
  return identity;
}

Result<IdentityPointer> Authenticator::ReadTemporary(store::Transaction& transaction, std::string_view access_key_id,
                                                     std::string_view session_token) {
  session::Session session = TRY(session::OpenToken(session_token, directories_.keys.sessions));
  if (session.access_key_id != access_key_id) return InvalidToken();
  directory::Directory directory = directories_.Of(transaction, session.account);
  if (TRY(IsRevoked(directory, session))) return InvalidToken();
  if (session_end_ == SessionEnd::kWithAccessKey && !TRY(HasActiveOrigin(directory, session))) return InvalidToken();
  IdentityPointer identity = TRY(FindSessionPrincipal(directory, session, policies_));
  if (identity == nullptr) return InvalidToken();
  identity->secret_access_key = std::move(session.secret);
  return identity;
}

}  // namespace claviger::service

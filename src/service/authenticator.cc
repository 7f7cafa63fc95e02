#include "service/authenticator.h"

#include <utility>

#include "aws/arn.h"
#include "directory/directory.h"

namespace claviger::service {
namespace {

constexpr std::size_t kCachedIdentitiesMax = 16384;
constexpr std::size_t kAccessKeyIdBytesMax = 128;  // The API's own constraint.

Failure<Error> InvalidToken() {
  return Fail(ErrorCode::kInvalidClientTokenId, "The security token included in the request is invalid.");
}

Identity RootIdentity(AccountId account) {
  return {.caller = {.type = PrincipalType::kRoot,
                     .account = account,
                     .arn = RootArn(account),
                     .user_id = account.ToString(),
                     .unique_id = account.ToString()}};
}

Identity UserIdentity(AccountId account, directory::User user) {
  return {.caller = {.type = PrincipalType::kUser,
                     .account = account,
                     .arn = IamArn(account, "user", user.path, user.name),
                     .user_id = user.id,
                     .unique_id = user.id,
                     .user_name = user.name},
          .tags = std::move(user.tags)};
}

// The principal that `principal_id` is the unique id of, without its secret; nullptr when it is gone.
Result<IdentityPointer> FindPrincipal(directory::Directory& directory, PrincipalType type,
                                      std::string_view principal_id) {
  const AccountId account = directory.context.account;
  switch (type) {
    case PrincipalType::kRoot: {
      if (!TRY(directory::FindAccount(directory.context.transaction, account))) return IdentityPointer();
      return std::make_shared<Identity>(RootIdentity(account));
    }
    case PrincipalType::kUser: {
      auto user = TRY(directory.users.FindById(principal_id));
      if (!user) return IdentityPointer();
      return std::make_shared<Identity>(UserIdentity(account, std::move(*user)));
    }
    case PrincipalType::kAssumedRole:
    case PrincipalType::kFederatedUser:
      return IdentityPointer();  // No token of these kinds is minted yet, so none resolves.
  }
  return IdentityPointer();
}

}  // namespace

Authenticator::Authenticator(store::Reader& reader, const Directories& directories)
    : reader_(reader), directories_(directories), cache_(kCachedIdentitiesMax) {}

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
  if (!session_token) {
    // Read last, in a view of its own: a new use must not make the identity stale.
    store::Transaction use_view(reader_);
    directory::AccessKeys access_keys(directories_.ContextOf(use_view, identity->caller.account));
    if (const auto use = TRY(access_keys.FindUse(access_key_id))) identity->last_recorded_use = use->time;
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
  IdentityPointer identity = TRY(FindPrincipal(directory, session.type, session.principal_id));
  if (identity == nullptr) return InvalidToken();
  identity->caller.session = Caller::Session{
      .issued = session.issued, .expires = session.expires, .mfa_authenticated = session.mfa_authenticated};
  identity->secret_access_key = std::move(session.secret);
  return identity;
}

}  // namespace claviger::service

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

Caller RootCaller(AccountId account) {
  return {.type = PrincipalType::kRoot,
          .account = account,
          .arn = RootArn(account),
          .user_id = account.ToString(),
          .unique_id = account.ToString()};
}

Caller UserCaller(AccountId account, const directory::User& user) {
  return {.type = PrincipalType::kUser,
          .account = account,
          .arn = IamArn(account, "user", user.path, user.name),
          .user_id = user.id,
          .unique_id = user.id,
          .user_name = user.name};
}

// The caller that `principal_id` is the unique id of; nullopt when it is gone.
Result<std::optional<Caller>> FindCaller(directory::Directory& directory, PrincipalType type,
                                         std::string_view principal_id) {
  const AccountId account = directory.context.account;
  switch (type) {
    case PrincipalType::kRoot: {
      if (!TRY(directory::FindAccount(directory.context.transaction, account))) return std::optional<Caller>();
      return std::optional(RootCaller(account));
    }
    case PrincipalType::kUser: {
      const auto user = TRY(directory.users.FindById(principal_id));
      if (!user) return std::optional<Caller>();
      return std::optional(UserCaller(account, *user));
    }
    case PrincipalType::kAssumedRole:
    case PrincipalType::kFederatedUser:
      return std::optional<Caller>();  // No token of these kinds is minted yet, so none resolves.
  }
  return std::optional<Caller>();
}

}  // namespace

Authenticator::Authenticator(store::Reader& reader, const directory::Keys& keys, const directory::Quotas& quotas,
                             Random& random)
    : reader_(reader), keys_(keys), quotas_(quotas), random_(random), cache_(kCachedIdentitiesMax) {}

Result<IdentityPointer> Authenticator::Find(std::string_view access_key_id,
                                            std::optional<std::string_view> session_token, TimePoint now) {
  if (access_key_id.size() > kAccessKeyIdBytesMax) return InvalidToken();
  Cached* cached = cache_.Find(access_key_id);
  if (cached != nullptr && cached->session_token != session_token.value_or("")) cached = nullptr;
  if (cached == nullptr || !TRY(IsFresh(*cached))) {
    cached = &cache_.Insert(access_key_id, TRY(Read(access_key_id, session_token)));
  }
  const auto& session = cached->identity->caller.session;
  if (session && now >= session->expires) {
    return Fail(ErrorCode::kExpiredToken, "The security token included in the request is expired");
  }
  return cached->identity;
}

Result<bool> Authenticator::IsFresh(Cached& cached) {
  if (cached.checked_at == reader_.revision()) return true;
  for (const auto& [key, known_revision] : cached.depends_on) {
    const auto entry = TRY(directory::FromStore(reader_.Get(key)));
    const auto revision = entry ? std::optional(entry->revision) : std::nullopt;
    if (revision != known_revision) return false;
  }
  cached.checked_at = reader_.revision();
  return true;
}

Result<Authenticator::Cached> Authenticator::Read(std::string_view access_key_id,
                                                  std::optional<std::string_view> session_token) {
  store::Transaction transaction(reader_);
  Cached cached;
  cached.identity = session_token ? TRY(ReadTemporary(transaction, access_key_id, *session_token))
                                  : TRY(ReadLongTerm(transaction, access_key_id));
  cached.identity->caller.access_key_id = access_key_id;
  cached.identity->generation = ++generations_;
  cached.session_token = session_token.value_or("");
  cached.depends_on = transaction.TakeBatch().reads;
  cached.checked_at = reader_.revision();
  if (!session_token) {
    // Read last, in a view of its own: a new use must not make the identity stale.
    store::Transaction use_view(reader_);
    directory::AccessKeys access_keys(ContextOf(use_view, cached.identity->caller.account));
    if (const auto use = TRY(access_keys.FindUse(access_key_id))) cached.identity->last_recorded_use = use->time;
  }
  return cached;
}

Result<IdentityPointer> Authenticator::ReadLongTerm(store::Transaction& transaction, std::string_view access_key_id) {
  const auto account = TRY(directory::FindAccountOfAccessKey(transaction, access_key_id));
  if (!account) return InvalidToken();
  directory::Directory directory(ContextOf(transaction, *account));
  auto key = TRY(directory.access_keys.Find(access_key_id));
  if (!key || key->status != directory::AccessKeyStatus::kActive) return InvalidToken();
  const PrincipalType type = key->owner == directory::kRootOwner ? PrincipalType::kRoot : PrincipalType::kUser;
  auto caller = TRY(FindCaller(directory, type, key->owner));
  if (!caller) return InvalidToken();
  return std::make_shared<Identity>(
      Identity{.caller = std::move(*caller), .secret_access_key = std::move(key->secret)});
}

Result<IdentityPointer> Authenticator::ReadTemporary(store::Transaction& transaction, std::string_view access_key_id,
                                                     std::string_view session_token) {
  session::Session session = TRY(session::OpenToken(session_token, keys_.sessions));
  if (session.access_key_id != access_key_id) return InvalidToken();
  directory::Directory directory(ContextOf(transaction, session.account));
  auto caller = TRY(FindCaller(directory, session.type, session.principal_id));
  if (!caller) return InvalidToken();
  caller->session = Caller::Session{
      .issued = session.issued, .expires = session.expires, .mfa_authenticated = session.mfa_authenticated};
  return std::make_shared<Identity>(
      Identity{.caller = std::move(*caller), .secret_access_key = std::move(session.secret)});
}

directory::Context Authenticator::ContextOf(store::Transaction& transaction, AccountId account) {
  return {.transaction = transaction, .account = account, .keys = keys_, .quotas = quotas_, .random = random_};
}

}  // namespace claviger::service

#include "service/session_identity.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "aws/unique_id.h"
#include "base/text.h"

namespace claviger::service {
namespace {

using directory::RevocationKind;

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

Identity RoleIdentity(const session::Session& session, directory::Role role) {
  return {.caller = {.type = PrincipalType::kAssumedRole,
                     .account = session.account,
                     .arn = AssumedRoleArn(session.account, role.name, session.name),
                     .user_id = role.id + ":" + session.name,
                     .unique_id = role.id},
          .tags = std::move(role.tags),
          .issuer_arn = IamArn(session.account, "role", role.path, role.name)};
}

// `federator` as whom it lets act in its place.
void Federate(const session::Session& session, Identity& federator) {
  Caller& caller = federator.caller;
  federator.issuer_arn = std::move(caller.arn);
  caller.type = PrincipalType::kFederatedUser;
  caller.arn = FederatedUserArn(session.account, session.name);
  caller.user_id = session.account.ToString() + ":" + session.name;
  caller.user_name.clear();
}

// A session's tag replaces the principal's of the same key, ignoring case.
void AddSessionTags(const std::vector<session::SessionTag>& added, std::vector<Tag>& tags) {
  for (const session::SessionTag& session_tag : added) {
    std::erase_if(tags, [&](const Tag& tag) { return EqualsIgnoreCase(tag.key, session_tag.tag.key); });
    tags.push_back(session_tag.tag);
  }
}

// A task of AssumeRoot only denies: what it leaves is the root user's.
constexpr std::string_view kAllowAll =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";

// The session's policies; null when it has none. One that is gone or unreadable might have denied: then nothing is
// allowed.
Result<std::shared_ptr<const authz::CompiledSet>> SessionPolicies(directory::Directory& directory,
                                                                  const session::Session& session,
                                                                  PolicyCache& policies) {
  std::vector<std::shared_ptr<const authz::CompiledPolicy>> compiled;
  if (!session.inline_policy.empty()) {
    compiled.push_back(policies.Compile(session.inline_policy, policy::Kind::kSession, {.id = "session", .arn = {}}));
  }
  for (const std::string& policy_id : session.managed_policies) {
    const bool exists = TRY(directory.policies.FindAnyById(policy_id)).has_value();
    compiled.push_back(exists ? policies.Compile(TRY(directory::LoadManagedPolicy(directory, policy_id))) : nullptr);
  }
  if (session.assumed_root) {
    compiled.push_back(policies.Compile(kAllowAll, policy::Kind::kSession, {.id = "root", .arn = {}}));
  }
  if (compiled.empty()) return std::shared_ptr<const authz::CompiledSet>();
  if (std::ranges::find(compiled, nullptr) != compiled.end()) compiled.clear();
  return std::make_shared<const authz::CompiledSet>(std::move(compiled));
}

Caller::Session CallerSession(const session::Session& session) {
  Caller::Session caller_session{.issued = session.issued,
                                 .expires = session.expires,
                                 .mfa_authenticated = session.mfa_authenticated,
                                 .origin = session.origin,
                                 .via = session.via,
                                 .source_identity = session.source_identity,
                                 .federated_provider = session.federated_provider,
                                 .identity_keys = session.identity_keys,
                                 .assumed_root = session.assumed_root,
                                 .limited = !session.inline_policy.empty() || !session.managed_policies.empty(),
                                 .delegate = session.delegate};
  for (const session::SessionTag& session_tag : session.tags) {
    if (session_tag.transitive) caller_session.transitive_tags.push_back(session_tag.tag);
  }
  return caller_session;
}

Result<IdentityPointer> FindRole(directory::Directory& directory, const session::Session& session) {
  auto role = TRY(directory.roles.FindById(session.principal_id));
  if (!role) return IdentityPointer();
  return std::make_shared<Identity>(RoleIdentity(session, *std::move(role)));
}

}  // namespace

Result<IdentityPointer> FindPrincipal(directory::Directory& directory, PrincipalType type,
                                      std::string_view principal_id) {
  const AccountId account = directory.context.account;
  if (type == PrincipalType::kRoot) {
    if (!TRY(directory::FindAccount(directory.context.transaction, account))) return IdentityPointer();
    auto identity = std::make_shared<Identity>(RootIdentity(account));
    identity->account_alias = TRY(directory.preferences.Get()).alias;
    return identity;
  }
  auto user = TRY(directory.users.FindById(principal_id));
  if (!user) return IdentityPointer();
  return std::make_shared<Identity>(UserIdentity(account, *std::move(user)));
}

Result<IdentityPointer> FindSessionPrincipal(directory::Directory& directory, const session::Session& session,
                                             PolicyCache& policies) {
  const bool federated = session.type == PrincipalType::kFederatedUser;
  const bool by_root = session.principal_id == session.account.ToString();
  IdentityPointer identity;
  if (session.type == PrincipalType::kAssumedRole) {
    identity = TRY(FindRole(directory, session));
  } else {
    const bool root = session.type == PrincipalType::kRoot || (federated && by_root);
    identity = TRY(FindPrincipal(directory, root ? PrincipalType::kRoot : PrincipalType::kUser, session.principal_id));
  }
  if (identity == nullptr) return identity;
  if (federated) Federate(session, *identity);
  AddSessionTags(session.tags, identity->tags);
  identity->session_policies = TRY(SessionPolicies(directory, session, policies));
  identity->session_binds = session.assumed_root || session.delegate.has_value();
  identity->caller.session = CallerSession(session);
  return identity;
}

Result<bool> IsRevoked(directory::Directory& directory, const session::Session& session) {
  const auto ends = [&](AccountId account, RevocationKind kind, std::string_view what) -> Result<bool> {
    if (what.empty()) return false;
    directory::Revocations revocations(directory::InAccount(directory.context, account));
    const auto until = TRY(revocations.Find(kind, what));
    return until && session.issued <= *until;
  };
  const auto ends_key = [&](const std::string& temporary_key) {
    return ends(AccountInId(temporary_key).value_or(session.account), RevocationKind::kAccessKey, temporary_key);
  };
  const SessionOrigin& origin = session.origin;
  if (session.type == PrincipalType::kAssumedRole) {
    if (TRY(ends(session.account, RevocationKind::kRole, session.principal_id))) return true;
  }
  if (TRY(ends(origin.account, RevocationKind::kUser, origin.principal_id))) return true;
  if (TRY(ends(origin.account, RevocationKind::kAccessKey, origin.access_key_id))) return true;
  if (TRY(ends(session.account, RevocationKind::kSourceIdentity, session.source_identity))) return true;
  for (const std::string& temporary_key : session.via) {
    if (TRY(ends_key(temporary_key))) return true;
  }
  return ends_key(session.access_key_id);
}

Result<bool> HasActiveOrigin(directory::Directory& directory, const session::Session& session) {
  const SessionOrigin& origin = session.origin;
  if (origin.access_key_id.empty()) return true;
  directory::AccessKeys access_keys(directory::InAccount(directory.context, origin.account));
  const auto key = TRY(access_keys.Find(origin.access_key_id));
  return key && key->status == directory::AccessKeyStatus::kActive;
}

}  // namespace claviger::service

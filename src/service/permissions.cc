#include "service/permissions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "crypto/sha256.h"

namespace claviger::service {
namespace {

constexpr std::size_t kCachedPoliciesMax = 16384;
constexpr std::size_t kCachedPrincipalsMax = 16384;

// AWS's own policies keep to the grammar, but not to every rule that customers' must.
policy::Kind KindOf(const directory::PolicyText& text) {
  if (text.arn.empty()) return policy::Kind::kInline;
  return text.arn.starts_with(directory::kAwsPolicyArnPrefix) ? policy::Kind::kAny : policy::Kind::kManaged;
}

}  // namespace

bool ReadsKeys(const authz::CompiledPolicy& policy) {
  return std::ranges::any_of(policy.statements(), [](const auto& statement) { return !statement.keys().empty(); });
}

PolicyCache::PolicyCache() : documents_(kCachedPoliciesMax), compiled_(kCachedPoliciesMax) {}

std::shared_ptr<const authz::CompiledPolicy> PolicyCache::Compile(std::string_view document, policy::Kind kind,
                                                                  authz::PolicySource source) {
  std::string key(1, static_cast<char>(kind));
  key += AsText(crypto::Sha256Of(document));
  // Neither names nor ARNs have a zero byte.
  const std::string whole_key = key + source.id + '\0' + source.arn;
  if (const auto* compiled = compiled_.Find(whole_key)) return *compiled;
  auto* parsed = documents_.Find(key);
  if (parsed == nullptr) {
    auto result = policy::Parse(document, kind);
    if (!result.ok()) return nullptr;
    parsed = &documents_.Insert(key, std::move(result).value());
  }
  return compiled_.Insert(whole_key, authz::Compile(*parsed, std::move(source)));
}

std::shared_ptr<const authz::CompiledPolicy> PolicyCache::Compile(const directory::PolicyText& text) {
  return Compile(text.document, KindOf(text), {text.id, text.arn});
}

PermissionCache::PermissionCache(store::Reader& reader, const Directories& directories, PolicyCache& policies)
    : reader_(reader), directories_(directories), policies_(policies), cache_(kCachedPrincipalsMax) {}

Result<PermissionsPointer> PermissionCache::Find(AccountId account, PrincipalType type, std::string_view unique_id) {
  if (Cached* cached = cache_.Find(unique_id)) {
    if (cached->account == account && TRY(cached->depends_on.Hold(reader_))) return cached->permissions;
  }
  store::Transaction transaction(reader_);
  directory::Directory directory = directories_.Of(transaction, account);
  auto permissions = std::make_shared<const Permissions>(TRY(Load(directory, type, unique_id)));
  return cache_
      .Insert(
          unique_id,
          Cached{.permissions = std::move(permissions), .account = account, .depends_on = Dependencies(transaction)})
      .permissions;
}

Result<Permissions> PermissionCache::Load(directory::Directory& directory, PrincipalType type,
                                          std::string_view unique_id) {
  const directory::PrincipalPolicies stored = TRY(directory::LoadPrincipalPolicies(directory, type, unique_id));
  Permissions permissions;
  const auto compile = [&](const directory::PolicyText& text, authz::Layer layer) {
    auto policy = policies_.Compile(text);
    if (policy == nullptr) {
      permissions.unreadable = layer;
    } else {
      permissions.read_keys = permissions.read_keys || ReadsKeys(*policy);
    }
    return policy;
  };
  std::vector<std::shared_ptr<const authz::CompiledPolicy>> identity;
  for (const directory::PolicyText& text : stored.identity) {
    if (auto policy = compile(text, authz::Layer::kIdentity)) identity.push_back(std::move(policy));
  }
  permissions.identity = std::make_unique<const authz::CompiledSet>(std::move(identity));
  if (stored.boundary) {
    if (auto policy = compile(*stored.boundary, authz::Layer::kBoundary)) {
      permissions.boundary = std::make_unique<const authz::CompiledSet>(
          std::vector<std::shared_ptr<const authz::CompiledPolicy>>{std::move(policy)});
    }
  }
  return permissions;
}

}  // namespace claviger::service

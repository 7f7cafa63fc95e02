#include "directory/access_key.h"

#include <algorithm>
#include <tuple>

#include "aws/unique_id.h"
#include "codec/record.h"
#include "directory/account_index.h"
#include "directory/counter.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

using codec::RecordReader;
using codec::RecordWriter;

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum KeyField : unsigned { kOwner = 1, kStatus = 2, kCreated = 3, kStatusChanged = 4, kSealedSecret = 5 };
enum UseField : unsigned { kTime = 1, kService = 2, kRegion = 3 };

// Binds a sealed secret to its key, so that swapping two records does not swap two secrets.
std::string SealContext(std::string_view key_id) { return "access-key/" + std::string(key_id); }

std::string Encode(const AccessKey& key, std::string_view sealed_secret) {
  return RecordWriter(kVersion)
      .Bytes(kOwner, key.owner)
      .Number(kStatus, static_cast<std::uint64_t>(key.status))
      .Time(kCreated, key.created)
      .Time(kStatusChanged, key.status_changed)
      .Bytes(kSealedSecret, sealed_secret)
      .Take();
}

// All but the secret, which stays sealed.
std::optional<ListedAccessKey> DecodeListed(std::string_view key_id, std::string_view record,
                                            std::string_view* sealed_secret) {
  ListedAccessKey key;
  key.id = key_id;
  std::optional<AccessKeyStatus> status;
  RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    switch (field->number) {
      case kOwner:
        key.owner = field->Text();
        break;
      case kStatus:
        status = ToCredentialStatus(field->value);
        break;
      case kCreated:
        key.created = field->Time();
        break;
      case kStatusChanged:
        key.status_changed = field->Time();
        break;
      case kSealedSecret:
        if (sealed_secret != nullptr) *sealed_secret = field->bytes;
        break;
      default:
        break;
    }
  }
  if (!reader.ok() || key.owner.empty() || !status) return std::nullopt;
  key.status = *status;
  return key;
}

std::optional<AccessKey> Decode(std::string_view key_id, std::string_view record, const crypto::Keyring& secrets) {
  std::string_view sealed_secret;
  auto listed = DecodeListed(key_id, record, &sealed_secret);
  if (!listed) return std::nullopt;
  auto secret = secrets.Open(SealContext(key_id), sealed_secret);
  if (!secret) return std::nullopt;
  return AccessKey{.id = std::move(listed->id),
                   .owner = std::move(listed->owner),
                   .status = listed->status,
                   .created = listed->created,
                   .status_changed = listed->status_changed,
                   .secret = std::move(*secret)};
}

Failure<Error> NoSuchKey(std::string_view key_id) {
  return Fail(ErrorCode::kNoSuchEntity, "The Access Key with id " + std::string(key_id) + " cannot be found.");
}

}  // namespace

Result<std::optional<AccessKey>> AccessKeys::Find(std::string_view key_id) {
  const std::string at = keyspace::AccessKey(context_.account, key_id);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<AccessKey>();
  auto key = Decode(key_id, entry->value, context_.keys.secrets);
  if (!key) return Corrupt(at);
  return key;
}

Result<AccessKey> AccessKeys::GetOf(std::string_view owner, std::string_view key_id) {
  auto key = TRY(Find(key_id));
  if (!key || key->owner != owner) return NoSuchKey(key_id);
  return std::move(*key);
}

Result<> AccessKeys::Insert(const AccessKey& key) {
  if (TRY(FindAccountOfAccessKey(context_.transaction, key.id))) {
    return Fail(ErrorCode::kEntityAlreadyExists, "The Access Key with id " + key.id + " already exists.");
  }
  const std::uint64_t quota = context_.quotas.access_keys_per_user;
  if (TRY(IdsOf(key.owner)).size() >= quota) return QuotaExceeded("AccessKeysPerUser", quota);

  const std::string sealed = context_.keys.secrets.Seal(SealContext(key.id), key.secret.Reveal(), context_.random);
  context_.transaction.Put(keyspace::AccessKey(context_.account, key.id), Encode(key, sealed));
  context_.transaction.Put(keyspace::OwnerKey(context_.account, key.owner, key.id), "");
  if (AccountInId(key.id) != context_.account) {
    context_.transaction.Put(keyspace::GlobalAccessKey(key.id), context_.account.ToString());
  }
  return {};
}

Result<> AccessKeys::SetStatus(const AccessKey& key, AccessKeyStatus status, TimePoint now) {
  if (key.status == status) return {};
  AccessKey changed = key;
  changed.status = status;
  changed.status_changed = now;
  const std::string sealed = context_.keys.secrets.Seal(SealContext(key.id), key.secret.Reveal(), context_.random);
  context_.transaction.Put(keyspace::AccessKey(context_.account, key.id), Encode(changed, sealed));
  return {};
}

Result<> AccessKeys::Remove(const AccessKey& key) {
  context_.transaction.Delete(keyspace::AccessKey(context_.account, key.id));
  context_.transaction.Delete(keyspace::OwnerKey(context_.account, key.owner, key.id));
  context_.transaction.Delete(keyspace::AccessKeyUse(context_.account, key.id));
  if (AccountInId(key.id) != context_.account) context_.transaction.Delete(keyspace::GlobalAccessKey(key.id));
  return {};
}

Result<std::vector<std::string>> AccessKeys::IdsOf(std::string_view owner) {
  const std::string prefix = keyspace::OwnerKeys(context_.account, owner);
  std::vector<std::string> ids;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view at, const store::Entry&) {
    ids.emplace_back(at.substr(prefix.size()));
    return true;
  })));
  return ids;
}

Result<std::vector<AccessKey>> AccessKeys::ListOf(std::string_view owner) {
  std::vector<AccessKey> keys;
  for (const std::string& id : TRY(IdsOf(owner))) {
    auto key = TRY(Find(id));
    if (!key) return Corrupt(keyspace::OwnerKey(context_.account, owner, id));
    keys.push_back(std::move(*key));
  }
  std::ranges::sort(keys, {}, [](const AccessKey& key) { return std::tie(key.created, key.id); });
  return keys;
}

Result<std::vector<ListedAccessKey>> AccessKeys::ListAll(std::string_view after, std::size_t count_max) {
  const std::string prefix = keyspace::AllOwned(context_.account, "access-key");
  const std::string from = after.empty() ? std::string() : prefix + std::string(after);
  std::vector<ListedAccessKey> keys;
  Result<> read;
  TRY(FromStore(context_.transaction.Scan(prefix, from, [&](std::string_view at, const store::Entry& entry) {
    auto key = DecodeListed(at.substr(prefix.size()), entry.value, nullptr);
    if (!key) {
      read = Corrupt(at);
      return false;
    }
    keys.push_back(std::move(*key));
    return keys.size() < count_max;
  })));
  TRY(read);
  return keys;
}

Result<std::optional<AccessKeyUse>> AccessKeys::FindUse(std::string_view key_id) {
  const std::string at = keyspace::AccessKeyUse(context_.account, key_id);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<AccessKeyUse>();
  AccessKeyUse use;
  RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kTime) use.time = field->Time();
    if (field->number == kService) use.service = field->Text();
    if (field->number == kRegion) use.region = field->Text();
  }
  if (!reader.ok()) return Corrupt(at);
  return std::optional(std::move(use));
}

Result<> AccessKeys::RecordUse(std::string_view key_id, const AccessKeyUse& use) {
  if (!TRY(FromStore(context_.transaction.Get(keyspace::AccessKey(context_.account, key_id))))) return {};
  const std::string record =
      RecordWriter(kVersion).Time(kTime, use.time).Bytes(kService, use.service).Bytes(kRegion, use.region).Take();
  context_.transaction.Put(keyspace::AccessKeyUse(context_.account, key_id), record);
  return {};
}

Result<std::optional<AccountId>> FindAccountOfAccessKey(store::Transaction& transaction, std::string_view key_id) {
  const std::string at = keyspace::GlobalAccessKey(key_id);
  if (at.size() > store::kKeyBytesMax) return std::optional<AccountId>();  // No stored key has such an id.
  if (const auto account = AccountInId(key_id)) {
    if (TRY(FromStore(transaction.Get(keyspace::AccessKey(*account, key_id))))) return account;
  }
  return FindIndexedAccount(transaction, at);
}

}  // namespace claviger::directory

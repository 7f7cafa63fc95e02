#include "directory/sealing_keys.h"

#include <array>
#include <charconv>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codec/record.h"
#include "crypto/aead.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum SealingKeyField : unsigned { kCreated = 1, kSealedKey = 2 };

constexpr std::uint32_t kFirstId = 1;
constexpr int kAttemptsMax = 16;

constexpr std::string_view kSessions = "sessions";

struct Purpose {
  std::string_view name;
  crypto::Keyring Keys::*ring;
};

constexpr std::array<Purpose, 3> kPurposes = {
    {{"markers", &Keys::markers}, {"secrets", &Keys::secrets}, {kSessions, &Keys::sessions}}};

struct StoredKey {
  std::uint32_t id = 0;
  std::string at;  // The store's key.
  TimePoint created;
  std::string sealed;
};

// By id.
Result<std::vector<StoredKey>> ReadStoredKeys(store::Transaction& transaction, std::string_view purpose) {
  const std::string prefix = keyspace::GlobalSealingKeys() + std::string(purpose) + "/";
  std::vector<StoredKey> keys;
  std::string corrupt;
  TRY(FromStore(transaction.Scan(prefix, "", [&](std::string_view at, const store::Entry& entry) {
    StoredKey key{.id = 0, .at = std::string(at), .created = {}, .sealed = {}};
    const std::string_view digits = at.substr(prefix.size());
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), key.id, 16);
    codec::RecordReader reader(entry.value, kVersion);
    while (const auto field = reader.Next()) {
      if (field->number == kCreated) key.created = field->Time();
      if (field->number == kSealedKey) key.sealed = field->Text();
    }
    const bool readable = parsed.ec == std::errc() && reader.ok();
    if (!readable) corrupt = at;
    keys.push_back(std::move(key));
    return readable;
  })));
  if (!corrupt.empty()) return Corrupt(corrupt);
  return keys;
}

Result<crypto::Keyring> ReadRing(store::Transaction& transaction, std::string_view purpose,
                                 const crypto::Secret& master) {
  crypto::Keyring ring;
  for (const StoredKey& stored : TRY(ReadStoredKeys(transaction, purpose))) {
    auto key = crypto::Open(master, stored.at, stored.sealed);
    if (!key) {
      return Fail(ErrorCode::kInternalFailure,
                  "the master key does not open the keys in this store: give the one that it was made with");
    }
    ring.Add(stored.id, std::move(*key));
  }
  return ring;
}

crypto::Secret MakeKey(store::Transaction& transaction, std::string_view purpose, std::uint32_t id,
                       const crypto::Secret& master, Random& random, TimePoint now) {
  crypto::Secret key = crypto::NewAeadKey(random);
  const std::string at = keyspace::GlobalSealingKey(purpose, id);
  transaction.Put(at, codec::RecordWriter(kVersion)
                          .Time(kCreated, now)
                          .Bytes(kSealedKey, crypto::Seal(master, at, key.Reveal(), random))
                          .Take());
  return key;
}

Result<> PruneSessionKeys(store::Transaction& transaction, TimePoint now) {
  const std::vector<StoredKey> keys = TRY(ReadStoredKeys(transaction, kSessions));
  for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
    if (now > keys[i + 1].created + kSessionKeyKept) transaction.Delete(keys[i].at);
  }
  return {};
}

}  // namespace

Result<Keys> LoadSealingKeys(store::Store& store, const crypto::Secret& master_key, Random& random, TimePoint now) {
  const auto reader = TRY(FromStore(store.NewReader()));
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    TRY(FromStore(reader->Refresh()));
    store::Transaction transaction(*reader);
    Keys keys;
    for (const Purpose& purpose : kPurposes) {
      crypto::Keyring& ring = keys.*purpose.ring;
      ring = TRY(ReadRing(transaction, purpose.name, master_key));
      if (ring.empty()) ring.Add(kFirstId, MakeKey(transaction, purpose.name, kFirstId, master_key, random, now));
    }
    TRY(PruneSessionKeys(transaction, now));
    if (!transaction.has_writes()) return keys;
    const auto committed = store.CommitAndWait(transaction.TakeBatch());
    if (committed.ok()) return keys;
    if (committed.error().kind != store::StoreError::Kind::kConflict) return Failure{ToError(committed.error())};
    // Another process made them first: read its keys.
  }
  return Fail(ErrorCode::kServiceUnavailable, "the sealing keys could not be made: the store keeps changing");
}

Result<crypto::Keyring> ReadSessionKeys(store::Transaction& transaction, const crypto::Secret& master_key) {
  return ReadRing(transaction, kSessions, master_key);
}

Result<> RotateSessionKeys(store::Transaction& transaction, const crypto::Secret& master_key, Random& random,
                           TimePoint now, OldKeys old_keys) {
  const std::vector<StoredKey> keys = TRY(ReadStoredKeys(transaction, kSessions));
  const std::uint32_t id = keys.empty() ? kFirstId : keys.back().id + 1;
  MakeKey(transaction, kSessions, id, master_key, random, now);
  if (old_keys == OldKeys::kUntilTokensExpire) return PruneSessionKeys(transaction, now);
  for (const StoredKey& old : keys) transaction.Delete(old.at);
  return {};
}

Result<std::vector<SealingKeyInfo>> ListSessionKeys(store::Transaction& transaction) {
  std::vector<SealingKeyInfo> infos;
  for (const StoredKey& key : TRY(ReadStoredKeys(transaction, kSessions))) {
    infos.push_back({.id = key.id, .created = key.created});
  }
  return infos;
}

Result<bool> HasSealingKeys(store::Store& store) {
  const auto reader = TRY(FromStore(store.NewReader()));
  TRY(FromStore(reader->Refresh()));
  store::Transaction transaction(*reader);
  bool found = false;
  TRY(FromStore(transaction.Scan(keyspace::GlobalSealingKeys(), "", [&](std::string_view, const store::Entry&) {
    found = true;
    return false;
  })));
  return found;
}

}  // namespace claviger::directory

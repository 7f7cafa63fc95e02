#include "directory/sealing_keys.h"

#include <array>
#include <charconv>
#include <memory>

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

struct Purpose {
  std::string_view name;
  crypto::Keyring Keys::*ring;
};

constexpr std::array<Purpose, 3> kPurposes = {
    {{"markers", &Keys::markers}, {"secrets", &Keys::secrets}, {"sessions", &Keys::sessions}}};

// Reads every stored key of one purpose into its ring.
Result<> LoadRing(store::Transaction& transaction, const Purpose& purpose, const crypto::Secret& master, Keys& keys) {
  const std::string prefix = keyspace::GlobalSealingKeys() + std::string(purpose.name) + "/";
  bool readable = true;
  TRY(FromStore(transaction.Scan(prefix, "", [&](std::string_view at, const store::Entry& entry) {
    const std::string_view digits = at.substr(prefix.size());
    std::uint32_t id = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), id, 16);
    std::optional<crypto::Secret> key;
    codec::RecordReader reader(entry.value, kVersion);
    while (const auto field = reader.Next()) {
      if (field->number == kSealedKey) key = crypto::Open(master, at, field->bytes);
    }
    readable = parsed.ec == std::errc() && key.has_value();
    if (readable) (keys.*purpose.ring).Add(id, std::move(*key));
    return readable;
  })));
  if (!readable) {
    return Fail(ErrorCode::kInternalFailure,
                "the master key does not open the keys in this store: give the one that it was made with");
  }
  return {};
}

void MakeKey(store::Transaction& transaction, const Purpose& purpose, const crypto::Secret& master, Random& random,
             TimePoint now, Keys& keys) {
  crypto::Secret key = crypto::NewAeadKey(random);
  const std::string at = keyspace::GlobalSealingKey(purpose.name, kFirstId);
  transaction.Put(at, codec::RecordWriter(kVersion)
                          .Time(kCreated, now)
                          .Bytes(kSealedKey, crypto::Seal(master, at, key.Reveal(), random))
                          .Take());
  (keys.*purpose.ring).Add(kFirstId, std::move(key));
}

}  // namespace

Result<Keys> LoadSealingKeys(store::Store& store, const crypto::Secret& master_key, Random& random, TimePoint now) {
  const auto reader = TRY(FromStore(store.NewReader()));
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    TRY(FromStore(reader->Refresh()));
    store::Transaction transaction(*reader);
    Keys keys;
    for (const Purpose& purpose : kPurposes) {
      TRY(LoadRing(transaction, purpose, master_key, keys));
      if ((keys.*purpose.ring).empty()) MakeKey(transaction, purpose, master_key, random, now, keys);
    }
    if (!transaction.has_writes()) return keys;
    const auto committed = store.CommitAndWait(transaction.TakeBatch());
    if (committed.ok()) return keys;
    if (committed.error().kind != store::StoreError::Kind::kConflict) return Failure{ToError(committed.error())};
    // Another process made them first: read its keys.
  }
  return Fail(ErrorCode::kServiceUnavailable, "the sealing keys could not be made: the store keeps changing");
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

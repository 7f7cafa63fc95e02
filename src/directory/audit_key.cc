#include "directory/audit_key.h"

#include <algorithm>

#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum AuditKeyField : unsigned { kCreated = 1, kPublic = 2, kSealedPrivate = 3 };

std::string SealContext(const std::string& fingerprint) { return "audit-key/" + fingerprint; }

}  // namespace

Result<std::vector<AuditKey>> ListAuditKeys(store::Transaction& transaction) {
  std::vector<AuditKey> keys;
  const std::string prefix = keyspace::GlobalAuditKeys();
  std::string unreadable;
  TRY(FromStore(transaction.Scan(prefix, "", [&](std::string_view at, const store::Entry& entry) {
    AuditKey key{
        .fingerprint = std::string(at.substr(prefix.size())), .created = {}, .public_der = {}, .sealed_private = {}};
    codec::RecordReader reader(entry.value, kVersion);
    while (const auto field = reader.Next()) {
      if (field->number == kCreated) key.created = field->Time();
      if (field->number == kPublic) key.public_der = field->Text();
      if (field->number == kSealedPrivate) key.sealed_private = crypto::Secret(field->Text());
    }
    if (!reader.ok()) unreadable = at;
    keys.push_back(std::move(key));
    return unreadable.empty();
  })));
  if (!unreadable.empty()) return Corrupt(unreadable);
  std::ranges::stable_sort(keys, {}, &AuditKey::created);
  return keys;
}

void InsertAuditKey(store::Transaction& transaction, const Keys& keys, const crypto::RsaKey& key,
                    const std::string& fingerprint, TimePoint now, Random& random) {
  transaction.Put(keyspace::GlobalAuditKey(fingerprint),
                  codec::RecordWriter(kVersion)
                      .Time(kCreated, now)
                      .Bytes(kPublic, key.PublicDer())
                      .Bytes(kSealedPrivate, keys.secrets.Seal(SealContext(fingerprint), key.ToDer().Reveal(), random))
                      .Take());
}

Result<crypto::RsaKey> OpenAuditKey(const AuditKey& key, const Keys& keys) {
  const auto der = keys.secrets.Open(SealContext(key.fingerprint), key.sealed_private.Reveal());
  auto opened = der ? crypto::RsaKey::FromDer(*der) : std::nullopt;
  if (!opened) return Corrupt(keyspace::GlobalAuditKey(key.fingerprint));
  return *std::move(opened);
}

}  // namespace claviger::directory

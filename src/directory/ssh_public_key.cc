#include "directory/ssh_public_key.h"

#include <algorithm>

#include "directory/counter.h"
#include "directory/owned_internal.h"

namespace claviger::directory {

template <>
struct OwnedKind<SshPublicKey> {
  static constexpr std::string_view kFolder = "ssh-key";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kWire = kFirstOfKind };

  static void EncodeOwn(const SshPublicKey& key, codec::RecordWriter& writer) { writer.Bytes(kWire, key.wire); }
  static void DecodeOwn(const codec::RecordField& field, SshPublicKey& key) {
    if (field.number == kWire) key.wire = field.Text();
  }
};

template class Owned<SshPublicKey>;

Result<SshPublicKey> SshPublicKeys::GetOf(std::string_view owner, std::string_view id) {
  auto key = TRY(Find(id));
  if (!key) {
    return Fail(ErrorCode::kNoSuchEntity, "The Public Key with id " + std::string(id) + " cannot be found.");
  }
  if (key->owner != owner) {
    return Fail(ErrorCode::kNoSuchEntity, "User has no Public Key with id " + std::string(id) + ".");
  }
  return std::move(*key);
}

Result<> SshPublicKeys::Upload(const SshPublicKey& key) {
  const auto keys = TRY(ListOf(key.owner));
  if (std::ranges::find(keys, key.wire, &SshPublicKey::wire) != keys.end()) {
    return Fail(ErrorCode::kDuplicateSSHPublicKey, "Duplicate SSH public key uploaded.");
  }
  const std::uint64_t quota = context_.quotas.ssh_public_keys_per_user;
  if (keys.size() >= quota) return QuotaExceeded("PublicKeysPerUser", quota);
  Insert(key);
  return {};
}

}  // namespace claviger::directory

// Users' SSH public keys at rest. One attempt's view; not thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "directory/credential_status.h"
#include "directory/owned.h"

namespace claviger::directory {

struct SshPublicKey {
  std::string id;     // "APKA..."
  std::string owner;  // Unique id of the user.
  CredentialStatus status = CredentialStatus::kActive;
  TimePoint created;
  std::string wire;  // In SSH's binary form: crypto/ssh_public_key.h.
};

extern template class Owned<SshPublicKey>;

class SshPublicKeys : public Owned<SshPublicKey> {
 public:
  using Owned::Owned;

  // NoSuchEntity, in other words when it is another owner's.
  Result<SshPublicKey> GetOf(std::string_view owner, std::string_view id);
  // DuplicateSSHPublicKey when the owner has the same key; LimitExceeded.
  Result<> Upload(const SshPublicKey& key);
};

}  // namespace claviger::directory

// Long-term access keys at rest: of IAM users and of the account's root user. One attempt's view; not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/secret.h"
#include "directory/context.h"
#include "directory/credential_status.h"

namespace claviger::directory {

// The owner of the root user's keys.
inline constexpr std::string_view kRootOwner = "root";

using AccessKeyStatus = CredentialStatus;

struct AccessKey {
  std::string id;     // "AKIA...", or what the administrator chose for a root key.
  std::string owner;  // Unique id of the user, or kRootOwner.
  AccessKeyStatus status = AccessKeyStatus::kActive;
  TimePoint created;
  TimePoint status_changed;  // The later of creation and the last change of status.
  crypto::Secret secret;
};

// A key without its secret, which reports have no need of.
struct ListedAccessKey {
  std::string id;
  std::string owner;
  AccessKeyStatus status = AccessKeyStatus::kActive;
  TimePoint created;
  TimePoint status_changed;
};

struct AccessKeyUse {
  TimePoint time;       // The first use of the quarter of an hour that is remembered.
  std::string service;  // "iam", "sts".
  std::string region;
};

class AccessKeys {
 public:
  explicit AccessKeys(const Context& context) : context_(context) {}

  Result<std::optional<AccessKey>> Find(std::string_view key_id);
  // NoSuchEntity, also when the key is another owner's.
  Result<AccessKey> GetOf(std::string_view owner, std::string_view key_id);
  // EntityAlreadyExists (of any account); LimitExceeded.
  Result<> Insert(const AccessKey& key);
  // REQUIRES: `key` was read in this attempt.
  Result<> SetStatus(const AccessKey& key, AccessKeyStatus status, TimePoint now);
  Result<> Remove(const AccessKey& key);
  // Their ids, in no useful order; reads no key.
  Result<std::vector<std::string>> IdsOf(std::string_view owner);
  // Oldest first.
  Result<std::vector<AccessKey>> ListOf(std::string_view owner);
  // Of the whole account, at most `count_max`, in the order of their ids, from behind `after` on (empty: from the
  // start).
  Result<std::vector<ListedAccessKey>> ListAll(std::string_view after, std::size_t count_max);

  Result<std::optional<AccessKeyUse>> FindUse(std::string_view key_id);
  // Remembers a use, if the key still exists.
  Result<> RecordUse(std::string_view key_id, const AccessKeyUse& use);

 private:
  Context context_;
};

// The account that a key id belongs to, whichever that is; nullopt when no such key exists.
Result<std::optional<AccountId>> FindAccountOfAccessKey(store::Transaction& transaction, std::string_view key_id);

}  // namespace claviger::directory

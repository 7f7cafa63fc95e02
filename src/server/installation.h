// An installation at rest: its folder, store and sealing keys, opened by the server and by the administrator's
// commands.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "directory/directory.h"
#include "server/config.h"
#include "server/master_key.h"
#include "store/store.h"

namespace claviger::server {

struct Installation {
  std::unique_ptr<store::Store> store;
  directory::Keys keys;
  crypto::Secret master_key;  // Under which they are kept.
};

// Opens the store that `config` names, and makes what is missing.
StartResult<Installation> OpenInstallation(const Config& config, Random& random, TimePoint now);

// A root access key as it is shown once, to the administrator who made it.
struct NewRootKey {
  AccountId account;
  std::string access_key_id;
  crypto::Secret secret_access_key;
};

// A new one, which is nowhere yet.
NewRootKey MakeRootKey(AccountId account, Random& random);
// EntityAlreadyExists; LimitExceeded. REQUIRES: `directory` is that of the key's account.
Result<> InsertRootKey(directory::Directory& directory, const NewRootKey& key, TimePoint now);

// By number.
StartResult<std::vector<directory::Account>> ReadAccounts(Installation& installation);

// Makes the accounts and root keys of `config` that do not exist yet; on an empty installation at least one account
// with a root key. Returns the keys that were made up here and that nobody has seen.
StartResult<std::vector<NewRootKey>> EnsureAccounts(Installation& installation, const Config& config, Random& random,
                                                    TimePoint now);

// Makes an account with a root access key; whatever is empty in `wanted` is chosen at random.
StartResult<NewRootKey> CreateAccount(Installation& installation, const AccountConfig& wanted,
                                      const directory::Quotas& quotas, Random& random, TimePoint now);

// Runs `change` over the directory of one account, commits what it did and runs it again on a conflict.
using Change = std::function<Result<>(directory::Directory& directory)>;
StartResult<> RunChange(Installation& installation, AccountId account, const directory::Quotas& quotas, Random& random,
                        const Change& change);

}  // namespace claviger::server

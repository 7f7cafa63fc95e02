// What every part of the directory works with: one attempt at a change, in one account.
#pragma once

#include "aws/account_id.h"
#include "aws/error.h"
#include "base/random.h"
#include "crypto/keyring.h"
#include "store/store.h"

namespace claviger::directory {

// The quotas that AWS publishes, at their defaults.
struct Quotas {
  std::uint64_t users_per_account = 5000;
  std::uint64_t access_keys_per_user = 2;
};

// The sealing keys of the installation, one ring a purpose.
struct Keys {
  crypto::Keyring secrets;   // Secret access keys at rest.
  crypto::Keyring sessions;  // Session tokens.
  crypto::Keyring markers;   // Page cursors.
};

// REQUIRES: what it refers to outlives it.
struct Context {
  store::Transaction& transaction;
  AccountId account;
  const Keys& keys;
  const Quotas& quotas;
  Random& random;
};

// A failure of the store as AWS would report it: the caller can only try again later.
Error ToError(const store::StoreError& error);

template <class T>
Result<T> FromStore(store::StoreResult<T> result) {
  if (!result.ok()) return Failure{ToError(result.error())};
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(result).value();
  }
}

// What is stored under `key` is not what this program writes.
Failure<Error> Corrupt(std::string_view key);

}  // namespace claviger::directory

// Accounts at rest. Making and listing them is the administrator's business, not an API caller's.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

struct Account {
  AccountId id;
  TimePoint created;
};

Result<std::optional<Account>> FindAccount(store::Transaction& transaction, AccountId account);
// EntityAlreadyExists.
Result<> InsertAccount(store::Transaction& transaction, const Account& account);
// By number.
Result<std::vector<Account>> ListAccounts(store::Transaction& transaction);

}  // namespace claviger::directory

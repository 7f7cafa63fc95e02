#include "directory/account_index.h"

#include "directory/context.h"

namespace claviger::directory {

Result<std::optional<AccountId>> FindIndexedAccount(store::Transaction& transaction, const std::string& at) {
  const auto entry = TRY(FromStore(transaction.Get(at)));
  if (!entry) return std::optional<AccountId>();
  const auto account = AccountId::Parse(entry->value);
  if (!account) return Corrupt(at);
  return account;
}

}  // namespace claviger::directory

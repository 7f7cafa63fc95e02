#include "directory/account.h"

#include "codec/record.h"
#include "directory/keyspace.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum AccountField : unsigned { kCreated = 1 };

}  // namespace

Result<std::optional<Account>> FindAccount(store::Transaction& transaction, AccountId account) {
  const std::string at = keyspace::Account(account);
  const auto entry = TRY(FromStore(transaction.Get(at)));
  if (!entry) return std::optional<Account>();
  Account found{.id = account, .created = {}};
  codec::RecordReader reader(entry->value, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kCreated) found.created = field->Time();
  }
  if (!reader.ok()) return Corrupt(at);
  return std::optional(found);
}

Result<> InsertAccount(store::Transaction& transaction, const Account& account) {
  if (TRY(FindAccount(transaction, account.id))) {
    return Fail(ErrorCode::kEntityAlreadyExists, "Account " + account.id.ToString() + " already exists.");
  }
  transaction.Put(keyspace::Account(account.id), codec::RecordWriter(kVersion).Time(kCreated, account.created).Take());
  transaction.Put(keyspace::GlobalAccount(account.id), "");
  return {};
}

Result<std::vector<Account>> ListAccounts(store::Transaction& transaction) {
  const std::string prefix = keyspace::GlobalAccounts();
  std::vector<AccountId> ids;
  TRY(FromStore(transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    if (const auto id = AccountId::Parse(key.substr(prefix.size()))) ids.push_back(*id);
    return true;
  })));
  std::vector<Account> accounts;
  for (const AccountId id : ids) {
    const auto account = TRY(FindAccount(transaction, id));
    if (!account) return Corrupt(keyspace::GlobalAccount(id));
    accounts.push_back(*account);
  }
  return accounts;
}

}  // namespace claviger::directory

#include "server/installation.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "aws/unique_id.h"
#include "crypto/aead.h"
#include "directory/sealing_keys.h"
#include "session/token.h"
#include "store/lmdb.h"
#include "store/memory.h"

namespace claviger::server {
namespace {

constexpr int kAttemptsMax = 64;
constexpr mode_t kFolderMode = S_IRWXU;

Failure<StartError> Because(const Error& error) { return {error.message}; }
Failure<StartError> Because(const store::StoreError& error) { return {error.message}; }

// Twelve digits that do not begin with a zero, as AWS's accounts mostly do not.
AccountId RandomAccountId(Random& random) {
  constexpr std::uint64_t kFirst = 100'000'000'000;
  constexpr std::uint64_t kCount = 900'000'000'000;
  return AccountId::FromNumber(kFirst + random.Uint64() % kCount).value();
}

NewRootKey RootKeyOf(const AccountConfig& wanted, AccountId account) {
  return {.account = account,
          .access_key_id = wanted.root_access_key_id,
          .secret_access_key = wanted.root_secret_access_key};
}

StartResult<> CheckWanted(const AccountConfig& wanted) {
  if (!wanted.account_id.empty() && !AccountId::Parse(wanted.account_id)) {
    return Failure<StartError>{"the account id `" + wanted.account_id + "` is not twelve digits"};
  }
  if (wanted.root_access_key_id.empty() != wanted.root_secret_access_key.empty()) {
    return Failure<StartError>{"give a root access key id and its secret access key together, or neither"};
  }
  const std::string& id = wanted.root_access_key_id;
  const bool word = std::ranges::all_of(id, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  });
  constexpr std::size_t kIdMin = 16;  // As the API's own constraint of an access key id.
  constexpr std::size_t kIdMax = 128;
  if (!id.empty() && (!word || id.size() < kIdMin || id.size() > kIdMax)) {
    return Failure<StartError>{"the root access key id `" + id + "` is not 16 to 128 letters, digits or underscores"};
  }
  return {};
}

}  // namespace

StartResult<Installation> OpenInstallation(const Config& config, Random& random, TimePoint now) {
  Installation installation;
  crypto::Secret& master_key = installation.master_key;
  if (config.memory) {
    installation.store = store::NewMemoryStore();
    master_key = crypto::NewAeadKey(random);
  } else {
    if (mkdir(config.data.c_str(), kFolderMode) != 0 && errno != EEXIST) {
      return Failure<StartError>{"cannot make the data folder " + config.data.string() + ": " +
                                 std::generic_category().message(errno)};
    }
    auto opened = store::OpenLmdb(config.data, {.map_bytes = config.store_bytes_max});
    if (!opened.ok()) return Because(opened.error());
    installation.store = std::move(opened).value();
    const auto sealed = directory::HasSealingKeys(*installation.store);
    if (!sealed.ok()) return Because(sealed.error());
    master_key = TRY(LoadMasterKey({.data = config.data,
                                    .file = config.master_key_file,
                                    .command = config.master_key_command,
                                    .first_start = !*sealed},
                                   random));
  }
  auto keys = directory::LoadSealingKeys(*installation.store, master_key, random, now);
  if (!keys.ok()) return Because(keys.error());
  installation.keys = std::move(keys).value();
  return installation;
}

NewRootKey MakeRootKey(AccountId account, Random& random) {
  return {.account = account,
          .access_key_id = MintId(IdKind::kAccessKey, account, random),
          .secret_access_key = session::NewSecretAccessKey(random)};
}

Result<> InsertRootKey(directory::Directory& directory, const NewRootKey& key, TimePoint now) {
  return directory.access_keys.Insert({.id = key.access_key_id,
                                       .owner = std::string(directory::kRootOwner),
                                       .created = now,
                                       .status_changed = now,
                                       .secret = key.secret_access_key});
}

StartResult<> RunChange(Installation& installation, AccountId account, const directory::Quotas& quotas, Random& random,
                        const Change& change) {
  auto reader = installation.store->NewReader();
  if (!reader.ok()) return Because(reader.error());
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    if (const auto fresh = (*reader)->Refresh(); !fresh.ok()) return Because(fresh.error());
    store::Transaction transaction(**reader);
    directory::Directory directory({.transaction = transaction,
                                    .account = account,
                                    .keys = installation.keys,
                                    .quotas = quotas,
                                    .random = random});
    if (const auto done = change(directory); !done.ok()) return Because(done.error());
    if (!transaction.has_writes()) return {};
    const auto committed = installation.store->CommitAndWait(transaction.TakeBatch());
    if (committed.ok()) return {};
    if (committed.error().kind != store::StoreError::Kind::kConflict) return Because(committed.error());
  }
  return Failure<StartError>{"the store keeps changing under this command; try again"};
}

StartResult<NewRootKey> CreateAccount(Installation& installation, const AccountConfig& wanted,
                                      const directory::Quotas& quotas, Random& random, TimePoint now) {
  TRY(CheckWanted(wanted));
  const AccountId account = wanted.account_id.empty() ? RandomAccountId(random) : *AccountId::Parse(wanted.account_id);
  const NewRootKey made = wanted.root_access_key_id.empty() ? MakeRootKey(account, random) : RootKeyOf(wanted, account);
  TRY(RunChange(installation, made.account, quotas, random, [&](directory::Directory& directory) -> Result<> {
    TRY(directory::InsertAccount(directory.context.transaction, {.id = made.account, .created = now}));
    return InsertRootKey(directory, made, now);
  }));
  return made;
}

namespace {

// Gives an account that exists already the root key of the configuration, unless it has it.
StartResult<> EnsureRootKey(Installation& installation, const AccountConfig& wanted, const directory::Quotas& quotas,
                            Random& random, TimePoint now) {
  if (wanted.root_access_key_id.empty()) return {};
  const AccountId account = *AccountId::Parse(wanted.account_id);
  return RunChange(installation, account, quotas, random, [&](directory::Directory& directory) -> Result<> {
    const auto existing = TRY(directory.access_keys.Find(wanted.root_access_key_id));
    if (existing) {
      if (existing->secret == wanted.root_secret_access_key) return {};
      return Fail(ErrorCode::kInvalidInput, "the root access key " + wanted.root_access_key_id +
                                                " exists with another secret; delete it first, or give another id");
    }
    return InsertRootKey(directory, RootKeyOf(wanted, account), now);
  });
}

}  // namespace

StartResult<std::vector<directory::Account>> ReadAccounts(Installation& installation) {
  auto reader = installation.store->NewReader();
  if (!reader.ok()) return Because(reader.error());
  if (const auto fresh = (*reader)->Refresh(); !fresh.ok()) return Because(fresh.error());
  store::Transaction transaction(**reader);
  auto accounts = directory::ListAccounts(transaction);
  if (!accounts.ok()) return Because(accounts.error());
  return std::move(accounts).value();
}

StartResult<std::vector<NewRootKey>> EnsureAccounts(Installation& installation, const Config& config, Random& random,
                                                    TimePoint now) {
  const auto existing = TRY(ReadAccounts(installation));
  std::vector<AccountConfig> wanted = config.accounts;
  if (wanted.empty() && existing.empty()) wanted.emplace_back();

  std::vector<NewRootKey> made;
  for (const AccountConfig& account : wanted) {
    TRY(CheckWanted(account));
    const bool exists = account.account_id.empty()
                            ? !existing.empty()  // The one account that a start without an id makes.
                            : std::ranges::any_of(existing, [&](const directory::Account& other) {
                                return other.id.ToString() == account.account_id;
                              });
    if (!exists) {
      NewRootKey key = TRY(CreateAccount(installation, account, config.quotas, random, now));
      if (account.root_access_key_id.empty()) made.push_back(std::move(key));
    } else if (!account.account_id.empty()) {
      TRY(EnsureRootKey(installation, account, config.quotas, random, now));
    }
  }
  return made;
}

}  // namespace claviger::server

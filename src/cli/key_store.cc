#include "cli/key_store.h"

#include <map>
#include <string>
#include <utility>

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

constexpr std::size_t kPage = 256;

Result<> ReadAccount(directory::Directory& directory, TimePoint now, std::vector<ReportedKey>& keys) {
  const auto rule = TRY(directory::GetKeyAgeRule(directory.context));
  std::map<std::string, std::string> names = {{std::string(directory::kRootOwner), std::string(kRootInReport)}};
  std::string after;
  for (;;) {
    const auto page = TRY(directory.access_keys.ListAll(after, kPage));
    for (const directory::ListedAccessKey& key : page) {
      auto name = names.find(key.owner);
      if (name == names.end()) {
        const auto user = TRY(directory.users.FindById(key.owner));
        name = names.emplace(key.owner, user ? user->name : key.owner).first;
      }
      const auto use = TRY(directory.access_keys.FindUse(key.id));
      keys.push_back({.account = directory.context.account.ToString(),
                      .user = name->second,
                      .key = {.id = key.id,
                              .active = key.status == directory::AccessKeyStatus::kActive,
                              .created = key.created,
                              .last_used = use ? std::optional(use->time) : std::nullopt},
                      .service = use ? use->service : std::string()});
      if (!rule.limits()) continue;
      keys.back().age = directory::JudgeKeyAge(
          {.owner = key.owner, .status = key.status, .created = key.created, .status_changed = key.status_changed},
          rule, now);
    }
    directory.context.transaction.ForgetReads();
    if (page.size() < kPage) return {};
    after = page.back().id;
  }
}

}  // namespace

StartResult<std::vector<ReportedKey>> ReadStoredKeys(Opened& opened, const std::optional<AccountId>& account) {
  std::vector<AccountId> accounts;
  for (const directory::Account& one : TRY(server::ReadAccounts(opened.installation))) {
    if (!account || one.id == *account) accounts.push_back(one.id);
  }
  if (accounts.empty()) {
    return Failure<StartError>{"there is no account " + (account ? account->ToString() : std::string("at all")) +
                               "; `claviger account list` shows them"};
  }
  std::vector<ReportedKey> keys;
  const auto reader = opened.installation.store->NewReader();
  if (!reader.ok()) return Failure<StartError>{reader.error().message};
  store::Transaction transaction(**reader);
  for (const AccountId id : accounts) {
    directory::Directory directory({.transaction = transaction,
                                    .account = id,
                                    .keys = opened.installation.keys,
                                    .quotas = opened.config.quotas,
                                    .random = opened.random});
    if (const auto read = ReadAccount(directory, opened.now, keys); !read.ok()) {
      return Failure<StartError>{read.error().message};
    }
  }
  return keys;
}

}  // namespace claviger::cli

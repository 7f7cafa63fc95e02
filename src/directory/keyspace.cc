#include "directory/keyspace.h"

#include <initializer_list>

#include "base/text.h"

namespace claviger::directory::keyspace {
namespace {

std::string Join(AccountId account, std::initializer_list<std::string_view> parts) {
  std::string key = account.ToString();
  for (const std::string_view part : parts) key += part;
  return key;
}

}  // namespace

std::string Account(AccountId account) { return Join(account, {"/account"}); }

std::string Users(AccountId account) { return Join(account, {"/user/"}); }

std::string User(AccountId account, std::string_view name) { return Join(account, {"/user/", AsciiLower(name)}); }

std::string UserName(AccountId account, std::string_view id) { return Join(account, {"/user-name/", id}); }

std::string AccessKey(AccountId account, std::string_view key_id) { return Join(account, {"/access-key/", key_id}); }

std::string OwnerKeys(AccountId account, std::string_view owner) { return Join(account, {"/owner-key/", owner, "/"}); }

std::string OwnerKey(AccountId account, std::string_view owner, std::string_view key_id) {
  return Join(account, {"/owner-key/", owner, "/", key_id});
}

std::string AccessKeyUse(AccountId account, std::string_view key_id) {
  return Join(account, {"/access-key-use/", key_id});
}

std::string Count(AccountId account, std::string_view what) { return Join(account, {"/count/", what}); }

std::string GlobalAccounts() { return "global/account/"; }

std::string GlobalAccount(AccountId account) { return GlobalAccounts() + account.ToString(); }

std::string GlobalAccessKey(std::string_view key_id) { return "global/access-key/" + std::string(key_id); }

std::string GlobalSealingKeys() { return "global/sealing-key/"; }

std::string GlobalSealingKey(std::string_view purpose, std::uint32_t id) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string key = GlobalSealingKeys() + std::string(purpose) + "/";
  for (int shift = 28; shift >= 0; shift -= 4) key += kDigits[id >> shift & 15];
  return key;
}

}  // namespace claviger::directory::keyspace

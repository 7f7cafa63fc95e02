// Where everything is kept: the keys of the store, specified in docs/internals/directory.md.
//
// What belongs to an account begins with its twelve digits, so that an account is one range of the store and a handle
// to one account cannot reach another. What belongs to the installation begins with "global/". Names are kept in lower
// case in keys, because AWS holds them unique ignoring case, and lists in that order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/account_id.h"

namespace claviger::directory::keyspace {

std::string Account(AccountId account);                             // The account itself.
std::string Users(AccountId account);                               // Prefix of all users.
std::string User(AccountId account, std::string_view name);         // The user of that name.
std::string UserName(AccountId account, std::string_view id);       // Unique id -> name, lower case.
std::string AccessKey(AccountId account, std::string_view key_id);  // The key.
std::string OwnerKeys(AccountId account, std::string_view owner);   // Prefix of an owner's keys.
std::string OwnerKey(AccountId account, std::string_view owner, std::string_view key_id);
std::string AccessKeyUse(AccountId account, std::string_view key_id);  // When and where it was last used.
std::string Count(AccountId account, std::string_view what);           // How many of `what` there are.

std::string GlobalAccounts();  // Prefix of the accounts' index.
std::string GlobalAccount(AccountId account);
std::string GlobalAccessKey(std::string_view key_id);  // Key id -> its account.
std::string GlobalSealingKeys();                       // Prefix of the sealing keys.
std::string GlobalSealingKey(std::string_view purpose, std::uint32_t id);

}  // namespace claviger::directory::keyspace

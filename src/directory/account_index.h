// Indexes of the whole installation whose entries say an account: of access key ids, aliases, token issuers.
#pragma once

#include <optional>
#include <string>

#include "aws/account_id.h"
#include "aws/error.h"
#include "store/store.h"

namespace claviger::directory {

// The account that the entry at this key of the store says; nullopt when there is none.
Result<std::optional<AccountId>> FindIndexedAccount(store::Transaction& transaction, const std::string& at);

}  // namespace claviger::directory

// The access keys in a store, for the report: without a server, and of as many accounts as one likes.
#pragma once

#include <optional>
#include <vector>

#include "cli/key_report.h"
#include "cli/opened.h"

namespace claviger::cli {

// All keys of an account, or of all accounts, in no useful order, with what the greatest age means for them. Fails when
// there is no such account.
server::StartResult<std::vector<ReportedKey>> ReadStoredKeys(Opened& opened, const std::optional<AccountId>& account);

}  // namespace claviger::cli

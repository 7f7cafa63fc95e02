// Whose an access key is, by what the audit trail tells of it.
#pragma once

#include <string>

#include "audit/journal.h"
#include "server/master_key.h"

namespace claviger::cli {

// The story of an access key, for people: how it came to be, step by step back to a long-term key, and its uses.
// `account` may be empty when the id tells it.
server::StartResult<std::string> TellWho(audit::Journal& journal, const std::string& access_key_id,
                                         const std::string& account);

}  // namespace claviger::cli

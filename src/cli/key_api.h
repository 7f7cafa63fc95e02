// The access keys of users as a running server tells of them. Blocking; as safe as the Api.
#pragma once

#include <string>
#include <vector>

#include "cli/key_report.h"
#include "cli/key_rotation.h"
#include "client/api.h"

namespace claviger::cli {

// All keys of a user, with their last uses.
client::CallResult<std::vector<KeyState>> ReadKeys(client::Api& api, const std::string& user);

// All keys of all users of the caller's account, in no useful order; those of root too if root asks.
client::CallResult<std::vector<ReportedKey>> ReadAllKeys(client::Api& api);

}  // namespace claviger::cli

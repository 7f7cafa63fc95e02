// What commands that call a running server have in common.
#pragma once

#include "client/api.h"

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// --endpoint-url, --region, --profile.
void AddClientOptions(CLI::App& command, client::Overrides& overrides);

// Says what went wrong; returns the exit code.
int Report(const client::ClientResult<int>& result);

}  // namespace claviger::cli

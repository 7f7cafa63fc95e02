// What commands that call a running server have in common.
#pragma once

#include "client/api.h"
#include "client/temporary.h"

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// --endpoint-url, --region, --profile.
void AddClientOptions(CLI::App& command, client::Overrides& overrides);

// --role-arn, --session-name, --external-id, --duration.
void AddTemporaryOptions(CLI::App& command, client::TemporaryRequest& request);

// Says what went wrong; returns the exit code.
int Report(const client::ClientResult<int>& result);

}  // namespace claviger::cli

// `claviger audit tail|who|verify`: reads the audit trail, beside a running server or not.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `audit` with its subcommands; what the user picks is left in `chosen`, which returns the exit code.
void AddAuditCommands(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

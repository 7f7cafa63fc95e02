// `claviger organization ...`: organizations of accounts that are there already.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `organization` with its subcommands; what the user picks is left in `chosen`, which returns the exit code.
void AddOrganizationCommands(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

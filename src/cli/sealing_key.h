// `claviger sealing-key ...`: the keys that session tokens are sealed under.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `sealing-key` with its subcommands; what the user picks is left in `chosen`, which returns the exit code.
void AddSealingKeyCommands(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

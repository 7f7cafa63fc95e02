// `claviger session ...`: ends temporary credentials before they expire.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `session` with its subcommands; what the user picks is left in `chosen`, which returns the exit code.
void AddSessionCommands(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

// `claviger account ...`: the administrator's commands. They open the store themselves, beside a running server or not.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `account` with its subcommands; what the user picks is left in `chosen`, which returns the exit code.
void AddAccountCommands(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

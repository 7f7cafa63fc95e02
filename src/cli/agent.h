// `claviger agent`: hands temporary credentials to programs on the same machine, by the protocols of AWS's containers
// and of its instances.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds the command; what the user picks is left in `chosen`, which returns the exit code.
void AddAgentCommand(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

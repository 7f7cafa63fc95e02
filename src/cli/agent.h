// `claviger agent`: hands temporary credentials to programs on the same machine, by the protocol of AWS's containers.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds the command; what the user picks is left in `chosen`, which returns the exit code.
void AddAgentCommand(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

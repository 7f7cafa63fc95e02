// `claviger policy replay`: which requests on record a change of policies would newly deny or allow.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `replay` to the command `policy`; what the user asks is left in `chosen`, which returns the exit code.
void AddPolicyReplayCommand(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

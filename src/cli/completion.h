// `claviger completion SHELL`: completion scripts, made from the commands and flags themselves so that they never lag.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `completion`; it describes the commands that `app` has when it runs.
void AddCompletionCommand(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

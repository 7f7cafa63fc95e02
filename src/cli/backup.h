// `claviger backup`: a copy of the store, beside a running server or not.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `backup`; what the user picks is left in `chosen`, which returns the exit code.
void AddBackupCommand(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

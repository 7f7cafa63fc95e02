// `claviger account set` and `claviger account show`: what the administrator lays down for an account.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds both to the command `account`; what the user picks is left in `chosen`, which returns the exit code.
void AddAccountSettings(CLI::App& account, std::function<int()>& chosen);

}  // namespace claviger::cli

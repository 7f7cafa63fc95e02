// `claviger key report|rotate|rollback`: looks after the access keys of users, over the API of a running server.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `key` with its subcommands; what the user picks is left in `chosen`, which returns the exit code.
void AddKeyCommands(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

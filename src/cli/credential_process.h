// `claviger credential-process`: temporary credentials for the SDKs' setting of that name.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds the command; what the user picks is left in `chosen`, which returns the exit code.
void AddCredentialProcessCommand(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

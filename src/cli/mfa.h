// `claviger mfa`: the devices that users cannot make themselves, hardware tokens and FIDO keys.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

void AddMfaCommands(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

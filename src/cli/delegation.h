// `claviger delegation`: the templates of product providers, and the notices about their delegation requests.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

void AddDelegationCommands(CLI::App& app, std::function<int()>& chosen);

}  // namespace claviger::cli

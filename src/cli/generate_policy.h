// `claviger policy generate`: the smallest policy that allows what a principal really did.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `generate` to the command `policy`, which is made if there is none yet.
void AddGeneratePolicyCommand(CLI::App& app, std::function<int()>& chosen);

// The document that allows these actions on these resources: one statement for all actions with the same resources.
std::string WritePolicyOf(const std::map<std::string, std::set<std::string>>& resources_of_action);

}  // namespace claviger::cli

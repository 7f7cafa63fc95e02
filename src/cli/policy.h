// `claviger policy check` and `claviger policy eval`: policies in files, reviewed and decided without a server.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/policy_file.h"

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// Adds `policy` with its subcommands; what the user picks is left in `chosen`, which returns the exit code.
void AddPolicyCommands(CLI::App& app, std::function<int()>& chosen);

struct CheckArguments {
  std::vector<std::string> files;
  std::string kind = "identity";  // identity, resource, trust, boundary, session, scp or rcp.
  std::string account;            // The policy's own, if that is known.
  bool json = false;
};

// The grammar of each file, and what lint has to say. Exit codes: 0, 1 when one is no policy, 3 when there are
// warnings.
Printed CheckPolicies(const CheckArguments& arguments);

struct EvalArguments {
  std::vector<std::string> identity, session, resource, scp, rcp;  // Files; of scp and rcp one a level, from the root.
  std::string boundary;                                            // Empty: none.
  std::string trust;
  std::string action;
  std::string target = "*";
  std::string principal;  // Empty: a user without a name.
  std::string resource_account;
  std::vector<std::string> context;  // key=value; of several with one key, all are its values.
  bool explain = false;
  bool json = false;
};

// What the evaluator says to one request. Exit codes: 0 when it is allowed, 3 when not, 1 when there is no answer.
Printed EvaluatePolicies(const EvalArguments& arguments);

}  // namespace claviger::cli

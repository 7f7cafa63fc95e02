// Settings of a command: by flag, else by environment variable, else by the TOML file of --config, else the default.
#pragma once

#include <string>

#include "cli/key_age_options.h"
#include "server/config.h"
#include "server/master_key.h"

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// What the flags are read into, before it becomes a server::Config.
struct Settings {
  server::Config config;
  server::AccountConfig first_account;  // --account-id, --root-access-key-id, --root-secret-access-key.
  std::string root_secret_access_key;
  std::string config_file;
  KeyAgeChoice key_age;
};

// The settings of every command that opens an installation.
void AddInstallationOptions(CLI::App& command, Settings& settings);
// Where the server keeps its access log.
void AddAccessLogOption(CLI::App& command, Settings& settings);
// What decides besides the store: AWS's own policies, and quotas, which only the file is likely to give.
void AddDecisionOptions(CLI::App& command, Settings& settings);
// Those of `claviger serve` besides.
void AddServeOptions(CLI::App& command, Settings& settings);

// Fills what neither flag nor environment gave from the configuration file, and joins the accounts of both.
// Settings of `claviger serve` that the command has no use for are passed over, so that all can share a file.
// Fails when the file cannot be read or says something unknown.
server::StartResult<server::Config> Finish(CLI::App& command, Settings& settings);

}  // namespace claviger::cli

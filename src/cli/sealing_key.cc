#include "cli/sealing_key.h"

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/time_text.h"
#include "cli/opened.h"
#include "cli/settings.h"
#include "directory/sealing_keys.h"

namespace claviger::cli {
namespace {

using server::StartResult;

struct Arguments {
  Settings settings;
  std::string purpose;
  bool end_sessions = false;
};

StartResult<> Rotate(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  const auto old_keys = arguments.end_sessions ? directory::OldKeys::kDelete : directory::OldKeys::kUntilTokensExpire;
  // The keys are of no account.
  TRY(server::RunChange(
      opened.installation, AccountId(), opened.config.quotas, opened.random, [&](directory::Directory& directory) {
        return directory::RotateSessionKeys(directory.context.transaction, opened.installation.master_key,
                                            opened.random, opened.now, old_keys);
      }));
  std::printf(
      arguments.end_sessions
          ? "Session tokens are sealed under a new key; all earlier ones are refused from the next request on.\n"
          : "Session tokens are sealed under a new key; earlier ones are good until they expire.\n");
  return {};
}

StartResult<> List(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  std::vector<directory::SealingKeyInfo> keys;
  TRY(server::RunChange(opened.installation, AccountId(), opened.config.quotas, opened.random,
                        [&](directory::Directory& directory) -> Result<> {
                          keys = TRY(directory::ListSessionKeys(directory.context.transaction));
                          return {};
                        }));
  std::printf("%-8s  %-20s  %s\n", "ID", "CREATED", "STATE");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string state = i + 1 == keys.size()
                                  ? "seals"
                                  : "opens until " + FormatIso8601(keys[i + 1].created + directory::kSessionKeyKept);
    std::printf("%-8u  %-20s  %s\n", static_cast<unsigned>(keys[i].id), FormatIso8601(keys[i].created).c_str(),
                state.c_str());
  }
  return {};
}

}  // namespace

void AddSealingKeyCommands(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* keys = app.add_subcommand("sealing-key", "Keys that session tokens are sealed under");
  keys->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto action) {
    CLI::App* command = AddInstallationCommand(*keys, name, help, arguments, action, chosen);
    command->add_option("PURPOSE", arguments->purpose, "sessions")->required()->check(CLI::IsMember({"sessions"}));
    return command;
  };
  add("rotate", "Make a new key; old ones open tokens until the last of these has expired, and then go", Rotate)
      ->add_flag("--end-sessions", arguments->end_sessions, "Delete the old keys at once, which ends every session");
  add("list", "List the keys, oldest first", List);
}

}  // namespace claviger::cli

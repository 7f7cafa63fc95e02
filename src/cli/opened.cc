#include "cli/opened.h"

#include <cstdio>
#include <utility>

#include <CLI/CLI.hpp>

#include "store/lmdb.h"

namespace claviger::cli {

using server::StartError;
using server::StartResult;

StartResult<> Opened::ChangeExisting(AccountId account, const server::Change& change) {
  return server::RunChange(
      installation, account, config.quotas, random, [&](directory::Directory& directory) -> Result<> {
        if (!TRY(directory::FindAccount(directory.context.transaction, account))) {
          return Fail(ErrorCode::kNoSuchEntity,
                      "there is no account " + account.ToString() + "; `claviger account list` shows them");
        }
        return change(directory);
      });
}

StartResult<> Open(CLI::App& command, Settings& settings, Opened& opened) {
  opened.config = TRY(Finish(command, settings));
  if (!store::HoldsLmdb(opened.config.data)) {  // Nor is one made where a typing error points.
    return Failure<StartError>{"there is no store in " + opened.config.data.string() +
                               "; name its folder with --data, or start a server once"};
  }
  opened.installation = TRY(server::OpenInstallation(opened.config, opened.random, opened.now));
  return {};
}

StartResult<AccountId> ParseAccount(const std::string& text) {
  const auto account = AccountId::Parse(text);
  if (!account) return Failure<StartError>{"`" + text + "` is not an account id: twelve digits"};
  return *account;
}

int Report(const StartResult<>& result) {
  if (result.ok()) return 0;
  static_cast<void>(std::fprintf(stderr, "claviger: %s\n", result.error().c_str()));
  return 1;
}

CLI::App* AddInstallationCommand(CLI::App& parent, const std::string& name, const std::string& help, Settings& settings,
                                 std::function<StartResult<>(CLI::App&)> action, std::function<int()>& chosen) {
  CLI::App* command = parent.add_subcommand(name, help);
  AddInstallationOptions(*command, settings);
  command->callback([command, action = std::move(action), &chosen] {
    chosen = [command, action] { return Report(action(*command)); };
  });
  return command;
}

}  // namespace claviger::cli

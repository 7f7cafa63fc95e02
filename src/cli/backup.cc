#include "cli/backup.h"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/opened.h"
#include "cli/settings.h"
#include "store/lmdb.h"

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

StartResult<> BackUp(CLI::App& command, Settings& settings, const std::string& target) {
  const server::Config config = TRY(Finish(command, settings));
  if (!store::HoldsLmdb(config.data)) {  // Nor is one made where a typing error points.
    return Failure<StartError>{"there is no store in " + config.data.string() + "; name its folder with --data"};
  }
  const auto copied = store::CopyLmdb(config.data, target, {.map_bytes = config.store_bytes_max});
  if (!copied.ok()) return Failure<StartError>{copied.error().message};
  return {};
}

}  // namespace

void AddBackupCommand(CLI::App& app, std::function<int()>& chosen) {
  const auto settings = std::make_shared<Settings>();
  const auto target = std::make_shared<std::string>();
  CLI::App* backup = app.add_subcommand("backup", "Copy the store, as it is now, into a new folder");
  AddInstallationOptions(*backup, *settings);
  backup->add_option("TARGET", *target, "The folder; the master key is not copied into it")->required();
  backup->callback([=, &chosen] { chosen = [=] { return Report(BackUp(*backup, *settings, *target)); }; });
}

}  // namespace claviger::cli

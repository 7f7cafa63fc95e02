// What the administrator's commands share: the installation, opened beside a running server or not, and how they end.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "cli/settings.h"
#include "server/installation.h"

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// An opened installation, with the clock and randomness of a command.
struct Opened {
  server::Config config;
  SystemRandom random;
  TimePoint now = SystemClock().Now();
  server::Installation installation;

  // A change to an account, which must exist.
  server::StartResult<> ChangeExisting(AccountId account, const server::Change& change);
};

// Errors: there is no store in the folder; what Finish and OpenInstallation say.
server::StartResult<> Open(CLI::App& command, Settings& settings, Opened& opened);

server::StartResult<AccountId> ParseAccount(const std::string& text);

// Says what went wrong; returns the exit code.
int Report(const server::StartResult<>& result);

// A command below `parent` with the options of an installation; `action` is what it does when it is chosen.
CLI::App* AddInstallationCommand(CLI::App& parent, const std::string& name, const std::string& help, Settings& settings,
                                 std::function<server::StartResult<>(CLI::App&)> action, std::function<int()>& chosen);

// The same for commands that share their arguments, of which the settings are a member.
template <typename Arguments>
CLI::App* AddInstallationCommand(CLI::App& parent, const std::string& name, const std::string& help,
                                 const std::shared_ptr<Arguments>& arguments,
                                 server::StartResult<> (*action)(CLI::App&, Arguments&), std::function<int()>& chosen) {
  return AddInstallationCommand(
      parent, name, help, arguments->settings, [=](CLI::App& command) { return action(command, *arguments); }, chosen);
}

}  // namespace claviger::cli

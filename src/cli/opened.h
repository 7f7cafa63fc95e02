// What the administrator's commands share: the installation, opened beside a running server or not, and how they end.
#pragma once

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

}  // namespace claviger::cli

#include "cli/key.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/client_options.h"
#include "cli/hand_over.h"
#include "cli/key_api.h"
#include "cli/key_report.h"
#include "cli/key_rotate.h"
#include "cli/key_store.h"
#include "cli/opened.h"
#include "cli/settings.h"
#include "cli/span_option.h"

namespace claviger::cli {
namespace {

using client::ClientError;
using client::ClientResult;

struct ReportArguments {
  client::Overrides overrides;
  Settings settings;
  std::string account;
  bool all_accounts = false;
  std::string format = "table";
  unsigned older_than_days = 0;
};

struct Arguments {
  client::Overrides overrides;
  RotateArguments rotate;
};

ClientResult<std::vector<ReportedKey>> ReadFromServer(const ReportArguments& arguments, const Clock& clock) {
  client::Api api(TRY(client::Resolve(arguments.overrides, client::ProcessEnvironment)), clock);
  auto read = ReadAllKeys(api);
  if (!read.ok()) return Failure<ClientError>{read.error().ToString()};
  return std::move(read).value();
}

ClientResult<std::vector<ReportedKey>> ReadFromStore(CLI::App& command, ReportArguments& arguments) {
  std::optional<AccountId> account;
  if (!arguments.account.empty()) account = TRY(ParseAccount(arguments.account));
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  return ReadStoredKeys(opened, account);
}

// A folder that is named on the command line; one from the environment or a file asks for nothing.
bool NamesData(const CLI::App& command) {
  const auto given = command.get_option("--data")->results();
  return !given.empty() && given.front() != client::ProcessEnvironment("CLAVIGER_DATA").value_or("");
}

ClientResult<int> PrintReport(CLI::App& command, ReportArguments& arguments) {
  const SystemClock clock;
  const bool offline = !arguments.account.empty() || arguments.all_accounts || NamesData(command);
  std::vector<ReportedKey> keys =
      offline ? TRY(ReadFromStore(command, arguments)) : TRY(ReadFromServer(arguments, clock));
  const TimePoint now = clock.Now();
  SortForReport(keys, arguments.older_than_days, now);
  std::printf("%s", FormatReport(arguments.format, keys, now).c_str());
  return arguments.older_than_days > 0 && !keys.empty() ? kExitNotDue : 0;
}

void AddReport(CLI::App& key, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<ReportArguments>();
  CLI::App* report = key.add_subcommand(
      "report", "List the access keys of the caller's account, or of those in a data folder, oldest first");
  AddClientOptions(*report, arguments->overrides);
  AddInstallationOptions(*report, arguments->settings);
  CLI::Option* account = report->add_option("--account", arguments->account,
                                            "Read the keys of this account, twelve digits, from the data folder");
  report->add_flag("--all-accounts", arguments->all_accounts, "Read those of all accounts, as with --data alone")
      ->excludes(account);
  report->add_option("--format", arguments->format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  report->add_option("--older-than", arguments->older_than_days, "Only those that are so many days old");
  report->footer("Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 there are keys older than --older-than");
  report->callback([&chosen, report, arguments] { chosen = [=] { return Report(PrintReport(*report, *arguments)); }; });
}

void AddShared(CLI::App& command, Arguments& arguments) {
  AddClientOptions(command, arguments.overrides);
  command.add_option("--user", arguments.rotate.user, "Whose key")->required();
  command.add_option("--state", arguments.rotate.state_file,
                     "File that remembers the rotation (default: below XDG_STATE_HOME or ~/.local/state)");
}

void AddRotate(CLI::App& key, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  RotateArguments& rotate = arguments->rotate;
  rotate.rules = {.quiet_for = std::chrono::hours(24), .grace = std::chrono::hours(24)};
  CLI::App* command =
      key.add_subcommand("rotate", "Replace a user's access key without locking anybody out; may be interrupted");
  AddShared(*command, *arguments);
  command->add_option("--to", rotate.to, "Where the new key goes: stdout, file:PATH or command:COMMAND")
      ->check([](const std::string& to) {
        return IsDestination(to) ? std::string() : "`" + to + "` is none of stdout, file:PATH, command:COMMAND";
      });
  command->add_option("--retire", rotate.retire, "Of two keys that are there already, the one that goes");
  AddSpanOption(*command, "--quiet-for", rotate.rules.quiet_for,
                "How long the old key must not have been used: 90s, 15m, 12h, 30d (default: 24h)");
  AddSpanOption(*command, "--grace", rotate.rules.grace,
                "How long it stays Inactive before it is deleted (default: 24h)");
  AddSpanOption(*command, "--poll", rotate.poll, "How often to look again, a second at least (default: 60s)");
  command->add_flag("--even-unused", rotate.rules.even_unused, "Go on though nobody has used the new key");
  command->add_option("--access-log", rotate.access_log,
                      "The server's access log: roll back when it shows a call with the Inactive key");
  command->add_flag("--step", rotate.one_step, "Take the next step only; wait for nothing");
  command->add_flag("--yes", rotate.confirmed, "Do not ask");
  command->footer(
      "Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 the next step is not due yet (--step),\n"
      "            4 somebody has to decide, or the rotation was rolled back");
  command->callback([&chosen, arguments] {
    chosen = [=] {
      const auto run = [&]() -> ClientResult<int> {
        if (arguments->rotate.poll < std::chrono::seconds(1)) return Failure<ClientError>{"--poll: a second at least"};
        const SystemClock clock;
        client::Api api(TRY(client::Resolve(arguments->overrides, client::ProcessEnvironment)), clock);
        return Rotate(api, clock, arguments->rotate);
      };
      return Report(run());
    };
  });
}

void AddRollback(CLI::App& key, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = key.add_subcommand("rollback", "Make the old key of a rotation Active again");
  AddShared(*command, *arguments);
  command->callback([&chosen, arguments] {
    chosen = [=] {
      const auto run = [&]() -> ClientResult<int> {
        const SystemClock clock;
        client::Api api(TRY(client::Resolve(arguments->overrides, client::ProcessEnvironment)), clock);
        return RollBack(api, arguments->rotate);
      };
      return Report(run());
    };
  });
}

}  // namespace

void AddKeyCommands(CLI::App& app, std::function<int()>& chosen) {
  CLI::App* key = app.add_subcommand("key", "Access keys of users: how old they are, and their rotation");
  key->require_subcommand(1);
  AddReport(*key, chosen);
  AddRotate(*key, chosen);
  AddRollback(*key, chosen);
}

}  // namespace claviger::cli

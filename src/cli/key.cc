#include "cli/key.h"

#include <cstdio>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/client_options.h"
#include "cli/hand_over.h"
#include "cli/key_api.h"
#include "cli/key_report.h"
#include "cli/key_rotate.h"
#include "cli/span.h"

namespace claviger::cli {
namespace {

using client::ClientError;
using client::ClientResult;

struct ReportArguments {
  client::Overrides overrides;
  std::string format = "table";
  unsigned older_than_days = 0;
};

struct Arguments {
  client::Overrides overrides;
  RotateArguments rotate;
};

ClientResult<int> PrintReport(const ReportArguments& arguments) {
  const SystemClock clock;
  client::Api api(TRY(client::Resolve(arguments.overrides, client::ProcessEnvironment)), clock);
  auto read = ReadAllKeys(api);
  if (!read.ok()) return Failure<ClientError>{read.error().ToString()};
  std::vector<ReportedKey> keys = *std::move(read);
  const TimePoint now = clock.Now();
  SortForReport(keys, arguments.older_than_days, now);
  std::printf("%s", FormatReport(arguments.format, keys, now).c_str());
  return arguments.older_than_days > 0 && !keys.empty() ? kExitNotDue : 0;
}

void AddReport(CLI::App& key, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<ReportArguments>();
  CLI::App* report = key.add_subcommand("report", "List the access keys of the caller's account, oldest first");
  AddClientOptions(*report, arguments->overrides);
  report->add_option("--format", arguments->format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  report->add_option("--older-than", arguments->older_than_days, "Only those that are so many days old");
  report->footer("Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 there are keys older than --older-than");
  report->callback([&chosen, arguments] { chosen = [=] { return Report(PrintReport(*arguments)); }; });
}

// "0" is a span as well.
void AddSpan(CLI::App& command, const std::string& name, std::chrono::seconds& span, const std::string& help) {
  command.add_option_function<std::string>(
      name,
      [&span, name](const std::string& text) {
        const auto parsed = ParseSpan(text == "0" ? "0s" : text);
        if (!parsed) throw CLI::ValidationError(name, "`" + text + "` is no span: give 90s, 15m, 12h or 30d");
        span = *parsed;
      },
      help);
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
  AddSpan(*command, "--quiet-for", rotate.rules.quiet_for,
          "How long the old key must not have been used: 90s, 15m, 12h, 30d (default: 24h)");
  AddSpan(*command, "--grace", rotate.rules.grace, "How long it stays Inactive before it is deleted (default: 24h)");
  AddSpan(*command, "--poll", rotate.poll, "How often to look again, a second at least (default: 60s)");
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

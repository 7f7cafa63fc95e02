#include "cli/policy_replay.h"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "audit/verify.h"
#include "base/file.h"
#include "base/time_text.h"
#include "cli/audit_journal.h"
#include "cli/opened.h"
#include "cli/policy_file.h"
#include "cli/replay_report.h"
#include "cli/settings.h"
#include "replay/change_set.h"
#include "replay/overlay.h"
#include "replay/replay.h"
#include "server/audit.h"
#include "server/catalogues.h"
#include "server/operations.h"

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

struct Arguments {
  Settings settings;
  std::string change;
  std::string since;
  std::string until;
  std::string account;
  std::string principal;
  std::string format = "table";
};

StartResult<std::vector<replay::PlannedCall>> ReadChangeSet(const std::string& file) {
  const auto text = ReadWholeFile(file, replay::kChangeSetBytesMax);
  if (!text) return Failure<StartError>{"cannot read " + file};
  auto calls = replay::ParseChangeSet(*text);
  if (!calls.ok()) return Failure<StartError>{file + ": " + calls.error()};
  return std::move(calls).value();
}

// Where calls that name no account belong: the account that the command is about, or the only one that there is.
StartResult<AccountId> AccountOfChanges(const std::vector<replay::PlannedCall>& calls, server::Installation& opened,
                                        const std::optional<AccountId>& asked) {
  if (asked) return *asked;
  const auto accounts = TRY(server::ReadAccounts(opened));
  if (accounts.size() == 1) return accounts.front().id;
  for (const replay::PlannedCall& call : calls) {
    if (!call.account) {
      return Failure<StartError>{
          "there are several accounts: say whose policies are changed with `Account` in the file, or --account"};
    }
  }
  return AccountId();
}

StartResult<replay::Scope> ScopeOf(const Arguments& arguments, TimePoint now) {
  replay::Scope scope{.account = std::nullopt, .principal = arguments.principal};
  if (!arguments.account.empty()) scope.account = TRY(ParseAccount(arguments.account));
  if (!arguments.since.empty()) scope.since = TRY(ParseSince(arguments.since, now));
  if (!arguments.until.empty()) scope.until = TRY(ParseSince(arguments.until, now));
  return scope;
}

// A line on the terminal that counts on; wiped in the end.
class ProgressLine {
 public:
  ~ProgressLine() {
    if (shown_) static_cast<void>(std::fputs("\r\x1b[K", stderr));
  }
  void Show(std::uint64_t events, TimePoint time) {
    if (!terminal_) return;
    shown_ = true;
    static_cast<void>(std::fprintf(stderr, "\r%llu events, up to %s", static_cast<unsigned long long>(events),
                                   FormatIso8601(time).c_str()));
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
};

StartResult<replay::Report> Replay(CLI::App& command, Arguments& arguments) {
  const auto calls = TRY(ReadChangeSet(arguments.change));
  Opened opened;
  const replay::Scope scope = TRY(ScopeOf(arguments, opened.now));
  TRY(Open(command, arguments.settings, opened));
  const auto journal = TRY(OpenJournal(opened.config));
  const server::Catalogues catalogues = TRY(server::LoadCatalogues(opened.config));
  const AccountId account = TRY(AccountOfChanges(calls, opened.installation, scope.account));

  const auto reader = opened.installation.store->NewReader();
  if (!reader.ok()) return Failure<StartError>{reader.error().message};
  const service::Directories directories{.keys = opened.installation.keys,
                                         .quotas = opened.config.quotas,
                                         .catalogue = catalogues.policies(),
                                         .random = opened.random,
                                         .services = catalogues.services()};
  store::Transaction transaction(**reader);
  const auto changed = replay::Apply(calls, {.operations = server::AllOperations(),
                                             .directories = directories,
                                             .transaction = transaction,
                                             .account = account,
                                             .now = opened.now});
  if (!changed.ok()) return Failure<StartError>{arguments.change + ": " + changed.error()};
  replay::Overlay overlay(transaction);
  replay::Judge before(**reader, directories);
  replay::Judge after(overlay, directories);
  replay::Sessions sessions(*journal, opened.installation.keys.sessions);
  ProgressLine line;
  auto report = replay::Replay(*journal, sessions, before, after, scope,
                               [&](std::uint64_t events, TimePoint time) { line.Show(events, time); });
  if (!report.ok()) return Failure<StartError>{report.error()};
  return std::move(report).value();
}

int Run(CLI::App& command, Arguments& arguments) {
  const auto report = Replay(command, arguments);
  if (!report.ok()) {
    static_cast<void>(std::fprintf(stderr, "claviger: %s\n", report.error().c_str()));
    return kExitFailed;
  }
  std::printf("%s", FormatDifferences(arguments.format, *report).c_str());
  static_cast<void>(std::fputs(Summarize(*report).c_str(), arguments.format == "table" ? stdout : stderr));
  return report->newly_denied > 0 ? kExitBadNews : 0;
}

}  // namespace

void AddPolicyReplayCommand(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.get_subcommand("policy")->add_subcommand(
      "replay", "Tell which requests on record a change of policies would newly deny or allow");
  AddInstallationOptions(*command, arguments->settings);
  AddDecisionOptions(*command, arguments->settings);
  command->add_option("--change", arguments->change, "File with the change: calls of the API, in JSON")->required();
  command->add_option("--since", arguments->since, "Look at requests since: 2026-11-25, 12h, 30d (default: all)");
  command->add_option("--until", arguments->until, "And until then");
  command->add_option("--account", arguments->account, "Only requests by this account, twelve digits");
  command->add_option("--principal", arguments->principal, "Only those by this user, role or session, an ARN");
  command->add_option("--format", arguments->format, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  command->footer("Exit codes: 0 nothing would be newly denied, 1 no answer, 2 wrong arguments, 3 something would be");
  command->callback([&chosen, command, arguments] { chosen = [=] { return Run(*command, *arguments); }; });
}

}  // namespace claviger::cli

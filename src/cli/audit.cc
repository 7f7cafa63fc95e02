#include "cli/audit.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "audit/delivery.h"
#include "audit/verify.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/time_text.h"
#include "cli/audit_journal.h"
#include "cli/audit_who.h"
#include "codec/json.h"
#include "directory/audit_key.h"
#include "server/audit.h"
#include "store/lmdb.h"

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

constexpr std::size_t kFileBytesMax = 64 << 20;
constexpr std::chrono::milliseconds kFollowEvery{200};

struct Arguments {
  Settings settings;
  std::string account;
  std::string user;
  std::string event;
  std::string key;
  std::string error;
  std::string since;
  std::size_t count = 20;
  bool errors = false;
  bool changes = false;
  bool follow = false;
  bool json = false;
  std::string access_key_id;
  std::string folder;
  std::string public_keys;
};

// ---- tail

bool Wanted(const Arguments& arguments, TimePoint since, const audit::Entry& entry) {
  return entry.time >= since && (arguments.account.empty() || entry.account.ToString() == arguments.account) &&
         (arguments.user.empty() || entry.user_name == arguments.user || entry.principal_arn == arguments.user) &&
         (arguments.event.empty() || entry.name == arguments.event) &&
         (arguments.key.empty() || entry.access_key_id == arguments.key) &&
         (arguments.error.empty() || entry.error_code == arguments.error) &&
         (!arguments.errors || !entry.error_code.empty()) && (!arguments.changes || !entry.read_only);
}

void Print(const Arguments& arguments, const audit::Entry& entry) {
  if (arguments.json) {
    std::printf("%s\n", entry.record.c_str());
    return;
  }
  const auto record = codec::ParseJson(entry.record);
  const std::string from = record.ok() ? RecordText(record->root(), "sourceIPAddress") : std::string();
  std::string about;
  for (const audit::ResourceName& resource : entry.resources) about += " " + Printable(resource.name);
  std::printf("%s %s %-28s %-20s %-15s %s%s\n", FormatIso8601(entry.time).c_str(), entry.account.ToString().c_str(),
              ActionOf(entry).c_str(), entry.user_name.empty() ? "-" : Printable(entry.user_name).c_str(), from.c_str(),
              entry.error_code.empty() ? "ok" : entry.error_code.c_str(), about.c_str());
}

StartResult<> Tail(CLI::App& command, Arguments& arguments) {
  const auto journal = TRY(OpenJournal(command, arguments.settings));
  const TimePoint since =
      arguments.since.empty() ? TimePoint::min() : TRY(ParseSince(arguments.since, SystemClock().Now()));
  // The last ones; with --since all of them.
  std::deque<audit::Entry> last;
  const auto keep = [&](const audit::Position&, const audit::Entry& entry) {
    if (!Wanted(arguments, since, entry)) return true;
    last.push_back(entry);
    if (arguments.since.empty() && last.size() > arguments.count) last.pop_front();
    return true;
  };
  const auto begin = journal->Since(since);
  if (!begin.ok()) return Failure<StartError>{begin.error().message};
  auto next = journal->ReadFrom(*begin, keep);
  for (;;) {
    if (!next.ok()) return Failure<StartError>{next.error().message};
    for (const audit::Entry& entry : last) Print(arguments, entry);
    static_cast<void>(std::fflush(stdout));
    if (!arguments.follow) return {};
    last.clear();
    std::this_thread::sleep_for(kFollowEvery);
    if (const auto refreshed = journal->Refresh(); !refreshed.ok())
      return Failure<StartError>{refreshed.error().message};
    next = journal->ReadFrom(*next, keep);
  }
}

// ---- who

StartResult<> Who(CLI::App& command, Arguments& arguments) {
  const auto journal = TRY(OpenJournal(command, arguments.settings));
  const std::string text = TRY(TellWho(*journal, arguments.access_key_id, arguments.account));
  std::printf("%s", text.c_str());
  return {};
}

// ---- verify

// The answer of ListPublicKeys, as the AWS CLI prints it.
StartResult<> ReadPublicKeys(const std::string& file, audit::VerifyOptions& options) {
  const auto bad = [&file] {
    return Failure<StartError>{file + " does not hold public keys as `aws cloudtrail list-public-keys` prints them"};
  };
  const auto bytes = ReadWholeFile(file, kFileBytesMax);
  if (!bytes) return Failure<StartError>{"cannot read " + file};
  const auto json = codec::ParseJson(*bytes, {.bytes_max = kFileBytesMax});
  const codec::JsonValue* list = json.ok() && json->root().IsObject() ? json->root().Find("PublicKeyList") : nullptr;
  if (list == nullptr || !list->IsArray()) return bad();
  for (const codec::JsonValue& key : list->items) {
    const auto der = Base64Decode(RecordText(key, "Value"));
    if (!der) return bad();
    options.public_keys[audit::FingerprintOf(*der)] = *der;
  }
  return {};
}

// The keys of the store, and what the server knows to have delivered last.
StartResult<> ReadInstallation(const server::Config& config, const std::string& folder, audit::VerifyOptions& options) {
  if (!store::HoldsLmdb(config.data)) {
    return Failure<StartError>{"there is no store in " + config.data.string() +
                               "; name its folder with --data, or the public keys with --public-keys"};
  }
  auto store = store::OpenLmdb(config.data, {.map_bytes = config.store_bytes_max});
  if (!store.ok()) return Failure<StartError>{store.error().message};
  const auto reader = (*store)->NewReader();
  if (!reader.ok()) return Failure<StartError>{reader.error().message};
  store::Transaction transaction(**reader);
  const auto keys = directory::ListAuditKeys(transaction);
  if (!keys.ok()) return Failure<StartError>{keys.error().message};
  for (const directory::AuditKey& key : *keys) options.public_keys[key.fingerprint] = key.public_der;

  std::error_code error;
  const std::string bucket = std::filesystem::canonical(folder, error).filename().string();
  for (const auto& file : std::filesystem::directory_iterator(server::DeliveryStateFolder(config.data), error)) {
    const auto bytes = ReadWholeFile(file.path(), kFileBytesMax);
    const auto state = bytes ? audit::DecodeDeliveryState(*bytes) : std::nullopt;
    if (!state) continue;
    const bool inside = state->bucket != bucket && std::filesystem::is_directory(folder + "/" + state->bucket, error);
    if (state->bucket != bucket && !inside) continue;
    for (const auto& [account, chain] : state->chains) {
      if (chain.previous_object.empty()) continue;
      options.newest_digests.push_back((inside ? state->bucket + "/" : std::string()) + chain.previous_object);
    }
  }
  return {};
}

StartResult<> Verify(CLI::App& command, Arguments& arguments) {
  const server::Config config = TRY(Finish(command, arguments.settings));
  audit::VerifyOptions options;
  if (arguments.public_keys.empty()) {
    TRY(ReadInstallation(config, arguments.folder, options));
  } else {
    TRY(ReadPublicKeys(arguments.public_keys, options));
  }
  const audit::VerifyReport report = audit::Verify(arguments.folder, options);
  for (const audit::VerifyProblem& problem : report.problems) {
    std::printf("%s: %s\n", problem.file.c_str(), problem.what.c_str());
  }
  std::printf("%zu digests and %zu log files are as they were delivered; %zu log files wait for their digest\n",
              report.digests, report.log_files, report.uncovered);
  if (report.problems.empty()) return {};
  return Failure<StartError>{"the trail is not whole; it first does not fit at " + report.problems.front().file};
}

using Action = StartResult<> (*)(CLI::App&, Arguments&);

CLI::App* AddCommand(CLI::App& parent, const std::string& name, const std::string& help,
                     const std::shared_ptr<Arguments>& arguments, Action action, std::function<int()>& chosen) {
  CLI::App* command = parent.add_subcommand(name, help);
  AddInstallationOptions(*command, arguments->settings);
  command->callback([=, &chosen] {
    chosen = [=] {
      const auto done = action(*command, *arguments);
      if (done.ok()) return 0;
      static_cast<void>(std::fprintf(stderr, "claviger: %s\n", done.error().c_str()));
      return 1;
    };
  });
  return command;
}

}  // namespace

void AddAuditCommands(CLI::App& app, std::function<int()>& chosen) {
  CLI::App* audit = app.add_subcommand("audit", "The audit trail: what happened, who it was, whether it is whole");
  audit->require_subcommand(1);

  const auto tail = std::make_shared<Arguments>();
  CLI::App* command = AddCommand(*audit, "tail", "Print the last events", tail, Tail, chosen);
  command->add_flag("--follow,-f", tail->follow, "Go on with those to come");
  command->add_option("--count,-n", tail->count, "How many to begin with")->capture_default_str();
  command->add_option("--since", tail->since, "All from then on: 2026-11-25, 2026-11-25T08:00:00Z, 15m, 12h, 30d");
  command->add_option("--account", tail->account, "Of this account only, twelve digits");
  command->add_option("--user", tail->user, "By this user, session or ARN only");
  command->add_option("--access-key", tail->key, "Signed with this access key only");
  command->add_option("--event", tail->event, "Of this operation only");
  command->add_option("--error", tail->error, "That failed with this code only");
  command->add_flag("--errors", tail->errors, "That failed only");
  command->add_flag("--changes", tail->changes, "That change something only");
  command->add_flag("--json", tail->json, "Print the records themselves, one a line");

  const auto who = std::make_shared<Arguments>();
  command = AddCommand(*audit, "who", "Tell whose an access key is, who asked for it, and what it was used for", who,
                       Who, chosen);
  command->add_option("ACCESS_KEY_ID", who->access_key_id, "AKIA... or ASIA...")->required();
  command->add_option("--account", who->account, "Where to look, for ids that do not tell their account");

  const auto verify = std::make_shared<Arguments>();
  command = AddCommand(*audit, "verify", "Prove that delivered log files are all there and as they were", verify,
                       Verify, chosen);
  command->add_option("FOLDER", verify->folder, "Where they were delivered to")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--public-keys", verify->public_keys,
                      "What `aws cloudtrail list-public-keys` printed (default: the keys in the data folder)");
}

}  // namespace claviger::cli

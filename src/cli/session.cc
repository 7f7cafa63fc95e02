#include "cli/session.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "aws/unique_id.h"
#include "base/time_text.h"
#include "cli/opened.h"
#include "cli/settings.h"

namespace claviger::cli {
namespace {

using directory::Revocation;
using directory::RevocationKind;
using server::StartResult;

// Of the four that name what is revoked the user gives one.
struct Arguments {
  Settings settings;
  std::string account;
  std::string role;
  std::string user;
  std::string access_key_id;
  std::string source_identity;
};

// Whether it may be a key of the account, also a temporary or a deleted one.
Result<> CheckIsOf(directory::Directory& directory, const std::string& access_key_id) {
  if (AccountInId(access_key_id) == directory.context.account) return {};
  if (TRY(directory.access_keys.Find(access_key_id))) return {};
  return Fail(ErrorCode::kNoSuchEntity,
              "the access key " + access_key_id + " is not one of account " + directory.context.account.ToString());
}

Result<> RevokeNamed(directory::Directory& directory, const Arguments& arguments, TimePoint now) {
  directory::Revocations& revocations = directory.revocations;
  if (!arguments.role.empty()) {
    return revocations.Revoke(RevocationKind::kRole, TRY(directory.roles.Get(arguments.role)).id, now);
  }
  if (!arguments.user.empty()) {
    return revocations.Revoke(RevocationKind::kUser, TRY(directory.users.Get(arguments.user)).id, now);
  }
  if (!arguments.access_key_id.empty()) {
    TRY(CheckIsOf(directory, arguments.access_key_id));
    return revocations.Revoke(RevocationKind::kAccessKey, arguments.access_key_id, now);
  }
  return revocations.Revoke(RevocationKind::kSourceIdentity, arguments.source_identity, now);
}

StartResult<> Revoke(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  const AccountId account = TRY(ParseAccount(arguments.account));
  TRY(opened.ChangeExisting(account, [&](directory::Directory& directory) {
    // Taken anew on each attempt, as late as can be: sessions made meanwhile end too.
    return RevokeNamed(directory, arguments, SystemClock().Now());
  }));
  std::printf("Sessions that were issued until now are refused from the next request on.\n");
  return {};
}

// What people call it; its unique id once it is gone.
Result<std::string> NameOf(directory::Directory& directory, const Revocation& revocation) {
  if (revocation.kind == RevocationKind::kRole) {
    if (const auto role = TRY(directory.roles.FindById(revocation.what))) return role->name;
  }
  if (revocation.kind == RevocationKind::kUser) {
    if (const auto user = TRY(directory.users.FindById(revocation.what))) return user->name;
  }
  return revocation.what;
}

StartResult<> ListRevocations(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  std::vector<std::pair<Revocation, std::string>> rows;
  TRY(opened.ChangeExisting(TRY(ParseAccount(arguments.account)), [&](directory::Directory& directory) -> Result<> {
    rows.clear();
    for (Revocation& revocation : TRY(directory.revocations.List())) {
      std::string name = TRY(NameOf(directory, revocation));
      rows.emplace_back(std::move(revocation), std::move(name));
    }
    return {};
  }));
  std::printf("%-15s  %-24s  %s\n", "KIND", "ISSUED UNTIL", "NAME");
  for (const auto& [revocation, name] : rows) {
    std::printf("%-15s  %-24s  %s\n", std::string(directory::NameOf(revocation.kind)).c_str(),
                FormatIso8601Millis(revocation.until).c_str(), name.c_str());
  }
  return {};
}

}  // namespace

void AddSessionCommands(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* session = app.add_subcommand("session", "Temporary credentials: end them before they expire");
  session->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto action) {
    CLI::App* command = AddInstallationCommand(*session, name, help, arguments, action, chosen);
    command->add_option("--account", arguments->account, "Account, twelve digits")->required();
    return command;
  };
  CLI::App* revoke = add("revoke", "Refuse the sessions issued until now; later ones are as good as ever", Revoke);
  CLI::Option_group* what = revoke->add_option_group("what", "Whose sessions; one of");
  what->add_option("--role", arguments->role, "Name of a role");
  what->add_option("--user", arguments->user, "Name of a user: its own sessions, and of roles that it assumed");
  what->add_option(
      "--access-key-id", arguments->access_key_id,
      "An access key: the sessions that it asked for; a temporary one: that session and those chained to it");
  what->add_option("--source-identity", arguments->source_identity, "A source identity");
  what->require_option(1);
  add("list-revocations", "List what was revoked and may still have an effect", ListRevocations);
}

}  // namespace claviger::cli

#include "cli/account.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/time_text.h"
#include "cli/account_settings.h"
#include "cli/opened.h"
#include "cli/settings.h"
#include "server/installation.h"

namespace claviger::cli {
namespace {

using directory::AccessKey;
using directory::AccessKeyStatus;
using server::StartResult;

// What the subcommands share: where the installation is, and the words behind the command.
struct Arguments {
  Settings settings;
  std::string account;
  std::string access_key_id;
};

void PrintKey(const server::NewRootKey& key) {
  std::printf("account            %s\n", key.account.ToString().c_str());
  std::printf("access key id      %s\n", key.access_key_id.c_str());
  std::printf("secret access key  %s\n", std::string(key.secret_access_key.Reveal()).c_str());
  std::printf("The secret access key is shown this once.\n");
}

StartResult<> Create(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  server::AccountConfig wanted;
  wanted.account_id = arguments.account;
  PrintKey(TRY(server::CreateAccount(opened.installation, wanted, opened.config.quotas, opened.random, opened.now)));
  return {};
}

StartResult<> List(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  const auto accounts = TRY(server::ReadAccounts(opened.installation));
  std::printf("%-12s  %s\n", "ACCOUNT", "CREATED");
  for (const directory::Account& account : accounts) {
    std::printf("%s  %s\n", account.id.ToString().c_str(), FormatIso8601(account.created).c_str());
  }
  return {};
}

StartResult<> CreateRootKey(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  const server::NewRootKey made = server::MakeRootKey(TRY(ParseAccount(arguments.account)), opened.random);
  TRY(opened.ChangeExisting(made.account, [&](directory::Directory& directory) {
    return server::InsertRootKey(directory, made, opened.now);
  }));
  PrintKey(made);
  return {};
}

StartResult<> ListRootKeys(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  struct Row {
    AccessKey key;
    std::string last_used;
  };
  std::vector<Row> rows;
  TRY(opened.ChangeExisting(TRY(ParseAccount(arguments.account)), [&](directory::Directory& directory) -> Result<> {
    rows.clear();
    for (AccessKey& key : TRY(directory.access_keys.ListOf(directory::kRootOwner))) {
      const auto use = TRY(directory.access_keys.FindUse(key.id));
      rows.push_back({std::move(key), use ? FormatIso8601(use->time) : "never"});
    }
    return {};
  }));
  std::printf("%-20s  %-8s  %-20s  %s\n", "ACCESS KEY ID", "STATUS", "CREATED", "LAST USED");
  for (const Row& row : rows) {
    const char* status = row.key.status == AccessKeyStatus::kActive ? "Active" : "Inactive";
    std::printf("%-20s  %-8s  %-20s  %s\n", row.key.id.c_str(), status, FormatIso8601(row.key.created).c_str(),
                row.last_used.c_str());
  }
  return {};
}

StartResult<> ChangeRootKey(CLI::App& command, Arguments& arguments,
                            const std::function<Result<>(directory::Directory&, const AccessKey&, TimePoint)>& change) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  return opened.ChangeExisting(TRY(ParseAccount(arguments.account)), [&](directory::Directory& directory) -> Result<> {
    const AccessKey key = TRY(directory.access_keys.GetOf(directory::kRootOwner, arguments.access_key_id));
    return change(directory, key, opened.now);
  });
}

StartResult<> DeactivateRootKey(CLI::App& command, Arguments& arguments) {
  return ChangeRootKey(command, arguments, [](directory::Directory& directory, const AccessKey& key, TimePoint now) {
    return directory.access_keys.SetStatus(key, AccessKeyStatus::kInactive, now);
  });
}

StartResult<> ActivateRootKey(CLI::App& command, Arguments& arguments) {
  return ChangeRootKey(command, arguments, [](directory::Directory& directory, const AccessKey& key, TimePoint now) {
    return directory.access_keys.SetStatus(key, AccessKeyStatus::kActive, now);
  });
}

StartResult<> DeleteRootKey(CLI::App& command, Arguments& arguments) {
  return ChangeRootKey(command, arguments, [](directory::Directory& directory, const AccessKey& key, TimePoint) {
    return directory.access_keys.Remove(key);
  });
}

using Action = StartResult<> (*)(CLI::App&, Arguments&);

}  // namespace

void AddAccountCommands(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* account = app.add_subcommand("account", "Accounts and their root users' access keys");
  account->require_subcommand(1);
  AddInstallationCommand(*account, "create", "Make an account and print its root access key", arguments, Create, chosen)
      ->add_option("ACCOUNT", arguments->account, "Twelve digits (default: chosen at random)");
  AddInstallationCommand(*account, "list", "List the accounts", arguments, List, chosen);
  AddAccountSettings(*account, chosen);

  CLI::App* root_key = account->add_subcommand("root-key", "Access keys of an account's root user");
  root_key->require_subcommand(1);
  struct Command {
    const char* name;
    const char* help;
    Action action;
    bool takes_key;
  };
  constexpr Command kCommands[] = {{"create", "Make a root access key and print it", CreateRootKey, false},
                                   {"list", "List the root access keys, oldest first", ListRootKeys, false},
                                   {"deactivate", "Refuse a root access key from now on", DeactivateRootKey, true},
                                   {"activate", "Accept a root access key again", ActivateRootKey, true},
                                   {"delete", "Delete a root access key for good", DeleteRootKey, true}};
  for (const Command& command : kCommands) {
    CLI::App* added = AddInstallationCommand(*root_key, command.name, command.help, arguments, command.action, chosen);
    added->add_option("ACCOUNT", arguments->account, "Twelve digits")->required();
    if (command.takes_key) added->add_option("ACCESS_KEY_ID", arguments->access_key_id, "The key")->required();
  }
}

}  // namespace claviger::cli

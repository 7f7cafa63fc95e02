#include "cli/organization.h"

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/opened.h"
#include "server/organization.h"

namespace claviger::cli {
namespace {

using server::StartResult;

struct Arguments {
  Settings settings;
  std::string management;
  std::string account;
  server::MemberConfig member;
};

StartResult<> Create(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  const std::string id =
      TRY(server::CreateOrganization(opened.installation, TRY(ParseAccount(arguments.management)), arguments.member,
                                     opened.config.quotas, opened.random, opened.now));
  std::printf("organization        %s\n", id.c_str());
  std::printf("management account  %s\n", arguments.management.c_str());
  return {};
}

StartResult<> Add(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  return server::AddToOrganization(opened.installation, TRY(ParseAccount(arguments.management)),
                                   TRY(ParseAccount(arguments.account)), arguments.member, opened.config.quotas,
                                   opened.random, opened.now);
}

}  // namespace

void AddOrganizationCommands(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* organization = app.add_subcommand("organization", "Organizations of accounts");
  organization->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto action) {
    CLI::App* command = AddInstallationCommand(*organization, name, help, arguments, action, chosen);
    command->add_option("MANAGEMENT", arguments->management, "The management account, twelve digits")->required();
    command->add_option("--name", arguments->member.name, "Name of the account (default: its number)");
    command->add_option("--email", arguments->member.email, "E-mail address of the account (default: made up)");
    return command;
  };
  add("create", "Make an organization that an account manages", Create);
  CLI::App* member = add("add", "Make an account a member of an organization", Add);
  member->add_option("ACCOUNT", arguments->account, "The account, twelve digits")->required();
  member->add_flag("--access-role", arguments->member.access_role,
                   "Also make the role that lets the management account in: OrganizationAccountAccessRole");
}

}  // namespace claviger::cli

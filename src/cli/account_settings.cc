#include "cli/account_settings.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/key_age_options.h"
#include "cli/opened.h"
#include "cli/settings.h"

namespace claviger::cli {
namespace {

using directory::KeyAgeAction;
using directory::KeyAgeRule;
using server::StartError;
using server::StartResult;

struct Arguments {
  Settings settings;
  KeyAgeChoice key_age;
  std::string account;
};

StartResult<> Set(CLI::App& command, Arguments& arguments) {
  if (arguments.key_age.empty()) return Failure<StartError>{"say what to set; `claviger account set --help` lists it"};
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  return opened.ChangeExisting(TRY(ParseAccount(arguments.account)), [&](directory::Directory& directory) -> Result<> {
    if (arguments.key_age.as_default) return directory.preferences.SetKeyAge(std::nullopt);
    KeyAgeRule rule = arguments.key_age.Over(TRY(directory::GetKeyAgeRule(directory.context)));
    rule.since = opened.now;
    return directory.preferences.SetKeyAge(rule);
  });
}

std::string Describe(const KeyAgeRule& rule) {
  if (!rule.limits()) return "may be of any age";
  std::string text = "may become " + directory::SpanText(rule.max) + " old, are told of " +
                     directory::SpanText(rule.warn_before) + " before";
  if (rule.action == KeyAgeAction::kWarn) return text;
  return text + ", and are deactivated then" + (rule.root ? ", root's too" : ", but not root's");
}

StartResult<> Show(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  KeyAgeRule rule;
  bool own = false;
  TRY(opened.ChangeExisting(TRY(ParseAccount(arguments.account)), [&](directory::Directory& directory) -> Result<> {
    rule = TRY(directory::GetKeyAgeRule(directory.context));
    own = TRY(directory.preferences.Get()).key_age.has_value();
    return {};
  }));
  std::printf("access keys  %s (%s)\n", Describe(rule).c_str(),
              own ? "the account's own" : "the installation's default");
  return {};
}

using Action = StartResult<> (*)(CLI::App&, Arguments&);

}  // namespace

void AddAccountSettings(CLI::App& account, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  const auto add = [&](const std::string& name, const std::string& help, Action action) {
    CLI::App* command = AddInstallationCommand(account, name, help, arguments, action, chosen);
    command->add_option("ACCOUNT", arguments->account, "Twelve digits")->required();
    return command;
  };
  AddKeyAgeOptions(*add("set", "Lay down how old the account's access keys may become", Set), KeyAgeOf::kAccount,
                   arguments->key_age);
  add("show", "Show what holds for the account", Show);
}

}  // namespace claviger::cli

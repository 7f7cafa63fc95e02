#include "cli/delegation.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/time_text.h"
#include "cli/opened.h"
#include "cli/policy_file.h"
#include "cli/settings.h"
#include "directory/delegation_notice.h"
#include "directory/delegation_template.h"
#include "lint/role_boundary.h"
#include "policy/delegation_template.h"

namespace claviger::cli {
namespace {

using directory::DelegationNotice;
using directory::DelegationTemplate;
using server::StartError;
using server::StartResult;

constexpr std::size_t kPage = 100;
constexpr std::chrono::seconds kLook{1};

struct Arguments {
  Settings settings;
  std::string account;
  std::string name;
  std::string policy_file;
  std::string provider_name;
  std::string topic;
  bool follow = false;
};

// What is of the whole installation.
StartResult<> Change(Opened& opened, const server::Change& change) {
  return server::RunChange(opened.installation, AccountId(), opened.config.quotas, opened.random, change);
}

// Errors: what is wrong with the template, so that no request finds it out.
StartResult<> CheckTemplate(const std::string& text) {
  const auto wrong = [](const std::string& why) { return Failure<StartError>{"the template cannot be used: " + why}; };
  const auto sample = policy::RenderSample(text);
  if (!sample.ok()) return wrong(sample.error());
  const auto document = policy::Parse(*sample, policy::Kind::kSession);
  if (!document.ok()) return wrong(document.error().message);
  const std::string problem = lint::RoleBoundariesOf(**document).problem;
  if (!problem.empty()) return wrong(problem);
  return {};
}

StartResult<> AddTemplate(CLI::App& command, Arguments& arguments) {
  const auto text = ReadPolicyText(arguments.policy_file);
  if (!text.ok()) return Failure<StartError>{text.error().message};
  TRY(CheckTemplate(*text));
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  const DelegationTemplate added{.name = arguments.name,
                                 .provider = TRY(ParseAccount(arguments.account)),
                                 .created = opened.now,
                                 .provider_name = arguments.provider_name,
                                 .policy = *text};
  TRY(opened.ChangeExisting(added.provider, [&](directory::Directory& directory) {
    return directory::InsertDelegationTemplate(directory.context, added);
  }));
  std::printf("%s\n", directory::DelegationTemplateArn(added.name).c_str());
  return {};
}

StartResult<> ListTemplates(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  std::vector<DelegationTemplate> found;
  TRY(Change(opened, [&](directory::Directory& directory) -> Result<> {
    found = TRY(directory::ListDelegationTemplates(directory.context));
    return {};
  }));
  std::printf("%-12s  %-20s  %-20s  %s\n", "ACCOUNT", "CREATED", "PROVIDER", "ARN");
  for (const DelegationTemplate& one : found) {
    if (!arguments.account.empty() && one.provider.ToString() != arguments.account) continue;
    std::printf("%s  %s  %-20s  %s\n", one.provider.ToString().c_str(), FormatIso8601(one.created).c_str(),
                one.provider_name.c_str(), directory::DelegationTemplateArn(one.name).c_str());
  }
  return {};
}

StartResult<> ShowTemplate(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  std::optional<DelegationTemplate> found;
  TRY(Change(opened, [&](directory::Directory& directory) -> Result<> {
    found = TRY(directory::FindDelegationTemplate(directory.context, arguments.name));
    return {};
  }));
  if (!found) return Failure<StartError>{"there is no template `" + arguments.name + "`"};
  std::printf("%s\n", found->policy.c_str());
  const auto names = policy::TemplateParameters(found->policy);
  if (!names.ok()) return Failure<StartError>{names.error()};
  for (const std::string& name : *names) static_cast<void>(std::fprintf(stderr, "parameter: %s\n", name.c_str()));
  return {};
}

StartResult<> RemoveTemplate(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  return Change(opened, [&](directory::Directory& directory) {
    return directory::RemoveDelegationTemplate(directory.context, arguments.name);
  });
}

// All that are kept, oldest first.
StartResult<std::vector<DelegationNotice>> AllNotices(Opened& opened) {
  std::vector<DelegationNotice> all;
  for (std::size_t found = kPage; found == kPage;) {
    std::vector<DelegationNotice> page;
    TRY(Change(opened, [&](directory::Directory& directory) -> Result<> {
      const std::string after = all.empty() ? std::string() : PositionOf(all.back());
      page = TRY(directory::DelegationNotices(directory.context).List(after, kPage));
      return {};
    }));
    found = page.size();
    for (DelegationNotice& notice : page) all.push_back(std::move(notice));
  }
  return all;
}

// One line of JSON each. What is committed last is not always the youngest, so all are looked at again.
StartResult<> PrintNotices(CLI::App& command, Arguments& arguments) {
  Opened opened;
  TRY(Open(command, arguments.settings, opened));
  if (!arguments.account.empty()) TRY(ParseAccount(arguments.account));
  std::set<std::string> printed;
  for (;;) {
    for (const DelegationNotice& notice : TRY(AllNotices(opened))) {
      if (!arguments.account.empty() && notice.provider.ToString() != arguments.account) continue;
      if (!arguments.topic.empty() && notice.topic != arguments.topic) continue;
      if (printed.insert(notice.message_id).second) std::printf("%s\n", directory::ToMessage(notice).c_str());
    }
    static_cast<void>(std::fflush(stdout));
    if (!arguments.follow) return {};
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

void AddDelegationCommands(CLI::App& app, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* delegation =
      app.add_subcommand("delegation", "Temporary delegation: product providers and what they are told");
  delegation->require_subcommand(1);

  CLI::App* templates =
      delegation->add_subcommand("template", "Policy templates, which make an account a product provider");
  templates->require_subcommand(1);
  const auto name = [&](CLI::App* command) {
    command->add_option("NAME", arguments->name, "The template")->required();
  };
  CLI::App* added = AddInstallationCommand(*templates, "add", "Register a template, and print its ARN", arguments,
                                           AddTemplate, chosen);
  name(added);
  added->add_option("--account", arguments->account, "Account that may use it, twelve digits")->required();
  added->add_option("--policy", arguments->policy_file, "File with the template, - for standard input")->required();
  added->add_option("--provider-name", arguments->provider_name, "What customers read of who asks");
  AddInstallationCommand(*templates, "list", "List the templates", arguments, ListTemplates, chosen)
      ->add_option("--account", arguments->account, "Only those of this account");
  name(AddInstallationCommand(*templates, "show", "Print a template, and the names of its parameters", arguments,
                              ShowTemplate, chosen));
  name(AddInstallationCommand(*templates, "remove", "Remove a template; requests made of it go on", arguments,
                              RemoveTemplate, chosen));

  CLI::App* notices =
      AddInstallationCommand(*delegation, "notices", "Print the notices for product providers, with their tokens",
                             arguments, PrintNotices, chosen);
  notices->add_option("--account", arguments->account, "Only those for this account");
  notices->add_option("--topic", arguments->topic, "Only those to this topic, an ARN");
  notices->add_flag("--follow", arguments->follow, "Go on with those to come");
}

}  // namespace claviger::cli

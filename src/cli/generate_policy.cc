#include "cli/generate_policy.h"

#include <cstdio>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/audit_journal.h"
#include "codec/json_writer.h"

namespace claviger::cli {
namespace {

using server::StartError;
using server::StartResult;

struct Arguments {
  Settings settings;
  std::string principal;
  std::string since;
  bool any_resource = false;
};

StartResult<> Generate(CLI::App& command, Arguments& arguments) {
  const auto journal = TRY(OpenJournal(command, arguments.settings));
  const TimePoint since =
      arguments.since.empty() ? TimePoint::min() : TRY(ParseSince(arguments.since, SystemClock().Now()));
  std::map<std::string, std::set<std::string>> resources_of_action;
  std::size_t events = 0;
  const auto begin = journal->Since(since);
  if (!begin.ok()) return Failure<StartError>{begin.error().message};
  const auto read = journal->ReadFrom(*begin, [&](const audit::Position&, const audit::Entry& entry) {
    const bool its = entry.principal_arn == arguments.principal || entry.issuer_arn == arguments.principal;
    // What was refused for want of permission is not to be allowed; what failed for another reason was allowed.
    if (!its || entry.time < since || entry.error_code == "AccessDenied") return true;
    ++events;
    for (const audit::Use& use : entry.uses) {
      resources_of_action[use.action].insert(arguments.any_resource ? "*" : use.resource);
    }
    return true;
  });
  if (!read.ok()) return Failure<StartError>{read.error().message};
  if (resources_of_action.empty()) {
    return Failure<StartError>{events == 0 ? "the audit trail knows nothing of " + arguments.principal
                                           : "what " + arguments.principal + " did needs no permission"};
  }
  std::printf("%s\n", WritePolicyOf(resources_of_action).c_str());
  static_cast<void>(std::fprintf(stderr, "From %zu events.\n", events));
  return {};
}

}  // namespace

std::string WritePolicyOf(const std::map<std::string, std::set<std::string>>& resources_of_action) {
  std::map<std::set<std::string>, std::vector<std::string>> actions_of_resources;
  for (const auto& [action, resources] : resources_of_action) actions_of_resources[resources].push_back(action);
  std::string out;
  codec::JsonWriter json(out);
  const auto texts = [&](std::string_view name, const auto& values) {
    json.Key(name);
    json.BeginArray();
    for (const std::string& value : values) json.String(value);
    json.EndArray();
  };
  json.BeginObject();
  json.Key("Version");
  json.String("2012-10-17");
  json.Key("Statement");
  json.BeginArray();
  for (const auto& [resources, actions] : actions_of_resources) {
    json.BeginObject();
    json.Key("Effect");
    json.String("Allow");
    texts("Action", actions);
    texts("Resource", resources);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return out;
}

void AddGeneratePolicyCommand(CLI::App& app, std::function<int()>& chosen) {
  const auto there = app.get_subcommands([](CLI::App* command) { return command->get_name() == "policy"; });
  CLI::App* policy = there.empty() ? app.add_subcommand("policy", "Work with policies") : there.front();
  policy->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      policy->add_subcommand("generate", "Print the smallest policy that allows what somebody really did");
  AddInstallationOptions(*command, arguments->settings);
  command->add_option("--principal", arguments->principal, "ARN of a user, role or session")->required();
  command->add_option("--since", arguments->since, "Look at what was done since: 2026-11-25, 12h, 30d");
  command->add_flag("--any-resource", arguments->any_resource, "Allow the actions on every resource");
  command->callback([command, arguments, &chosen] {
    chosen = [command, arguments] {
      const auto done = Generate(*command, *arguments);
      if (done.ok()) return 0;
      static_cast<void>(std::fprintf(stderr, "claviger: %s\n", done.error().c_str()));
      return 1;
    };
  });
}

}  // namespace claviger::cli

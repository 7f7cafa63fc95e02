#include "cli/commands.h"

#include <cstdio>
#include <functional>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/account.h"
#include "cli/agent.h"
#include "cli/audit.h"
#include "cli/backup.h"
#include "cli/completion.h"
#include "cli/credential_process.h"
#include "cli/delegation.h"
#include "cli/explain.h"
#include "cli/generate_policy.h"
#include "cli/key.h"
#include "cli/mfa.h"
#include "cli/organization.h"
#include "cli/policy.h"
#include "cli/policy_replay.h"
#include "cli/sealing_key.h"
#include "cli/session.h"
#include "cli/settings.h"
#include "server/operations.h"
#include "server/serve.h"
#include "server/version.h"
#include "wire/operation.h"

namespace claviger::cli {
namespace {

constexpr int kWrongArguments = 2;

int Serve(CLI::App& command, Settings& settings) {
  auto config = Finish(command, settings);
  const auto served =
      config.ok() ? server::Serve(*config) : server::StartResult<>(Failure<server::StartError>{config.error()});
  if (served.ok()) return 0;
  static_cast<void>(std::fprintf(stderr, "claviger: %s\n", served.error().c_str()));
  return 1;
}

// One operation a line, "iam:CreateUser", for people and for the coverage page.
int PrintOperations(bool implemented_only) {
  const ops::Operations operations = server::AllOperations();
  for (const ServiceInfo* service : wire::Services()) {
    for (const OperationInfo& operation : service->operations) {
      const bool implemented = operations.Implements(operation);
      if (implemented_only && !implemented) continue;
      std::printf("%s:%s%s\n", std::string(service->name).c_str(), std::string(operation.name).c_str(),
                  implemented ? "" : " (missing)");
    }
  }
  return 0;
}

}  // namespace

int Run(int argc, char** argv) {
  CLI::App app("Claviger: AWS IAM and STS that you run yourself");
  app.name("claviger");
  app.set_version_flag("--version", std::string("claviger ") + server::kVersion);
  app.require_subcommand(1);
  app.get_formatter()->column_width(40);
  std::function<int()> chosen;

  const auto settings = std::make_shared<Settings>();
  CLI::App* serve = app.add_subcommand("serve", "Run the server");
  AddInstallationOptions(*serve, *settings);
  AddServeOptions(*serve, *settings);
  serve->callback([&chosen, serve, settings] { chosen = [=] { return Serve(*serve, *settings); }; });

  AddAccountCommands(app, chosen);
  AddAgentCommand(app, chosen);
  AddAuditCommands(app, chosen);
  AddBackupCommand(app, chosen);
  AddPolicyCommands(app, chosen);
  AddCredentialProcessCommand(app, chosen);
  AddDelegationCommands(app, chosen);
  AddExplainCommand(app, chosen);
  AddGeneratePolicyCommand(app, chosen);
  AddPolicyReplayCommand(app, chosen);
  AddKeyCommands(app, chosen);
  AddMfaCommands(app, chosen);
  AddSealingKeyCommands(app, chosen);
  AddSessionCommands(app, chosen);
  AddOrganizationCommands(app, chosen);

  const auto implemented_only = std::make_shared<bool>(false);
  CLI::App* operations = app.add_subcommand("operations", "List the operations of all services");
  operations->add_flag("--implemented", *implemented_only, "Only those that this program implements");
  operations->callback([&chosen, implemented_only] { chosen = [=] { return PrintOperations(*implemented_only); }; });

  AddCompletionCommand(app, chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongArguments;
  }
  return chosen();
}

}  // namespace claviger::cli

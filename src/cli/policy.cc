#include "cli/policy.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

namespace claviger::cli {
namespace {

int Print(const Printed& printed) {
  // What is wrong goes where a pipe does not take it along.
  static_cast<void>(std::fputs(printed.text.c_str(), printed.exit_code == kExitFailed ? stderr : stdout));
  return printed.exit_code;
}

void AddCheck(CLI::App& policy, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<CheckArguments>();
  CLI::App* check = policy.add_subcommand("check", "Check policies in files: grammar, and what a reviewer would say");
  check->add_option("FILE", arguments->files, "Files with one policy each, - for standard input")->required();
  check->add_option("--kind", arguments->kind, "What the policies are for")
      ->check(CLI::IsMember({"identity", "resource", "trust", "boundary", "session", "scp", "rcp"}))
      ->capture_default_str();
  check->add_option("--account", arguments->account, "Account that the policies belong to, twelve digits");
  check->add_flag("--json", arguments->json, "Print findings as JSON");
  check->footer("Exit codes: 0 nothing to say, 1 not a policy, 2 wrong arguments, 3 warnings");
  check->callback([&chosen, arguments] { chosen = [=] { return Print(CheckPolicies(*arguments)); }; });
}

void AddEval(CLI::App& policy, std::function<int()>& chosen) {
  const auto arguments = std::make_shared<EvalArguments>();
  CLI::App* eval = policy.add_subcommand("eval", "Decide a request by policies in files");
  eval->add_option("--policy", arguments->identity, "Files with the principal's identity policies");
  eval->add_option("--boundary", arguments->boundary, "File with its permissions boundary");
  eval->add_option("--session-policy", arguments->session, "Files with its session policies");
  eval->add_option("--resource-policy", arguments->resource, "File with the policy of the resource")->expected(1);
  eval->add_option("--trust", arguments->trust, "File with the trust policy, if the resource is a role");
  eval->add_option("--scp", arguments->scp, "Files with service control policies, one a level, from the root down");
  eval->add_option("--rcp", arguments->rcp, "Files with resource control policies, one a level, from the root down");
  eval->add_option("--action", arguments->action, "Action, as in s3:GetObject")->required();
  eval->add_option("--resource", arguments->target, "ARN of what it is done to")->capture_default_str();
  eval->add_option("--principal", arguments->principal,
                   "ARN of a user, role, role session, federated user or root; a service; * for the anonymous "
                   "(default: a user without a name)");
  eval->add_option("--resource-account", arguments->resource_account,
                   "Account of the resource (default: that in its ARN, else the principal's)");
  eval->add_option("--context", arguments->context, "Condition key and value, as in aws:SourceIp=10.0.0.1");
  eval->add_flag("--explain", arguments->explain, "Tell what each policy and statement said");
  eval->add_flag("--json", arguments->json, "Print JSON");
  eval->footer("Exit codes: 0 allowed, 1 no answer, 2 wrong arguments, 3 denied");
  eval->callback([&chosen, arguments] { chosen = [=] { return Print(EvaluatePolicies(*arguments)); }; });
}

}  // namespace

void AddPolicyCommands(CLI::App& app, std::function<int()>& chosen) {
  CLI::App* policy = app.add_subcommand("policy", "Check and try policies in files, without a server");
  policy->require_subcommand(1);
  AddCheck(*policy, chosen);
  AddEval(*policy, chosen);
}

}  // namespace claviger::cli

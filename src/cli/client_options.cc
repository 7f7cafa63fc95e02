#include "cli/client_options.h"

#include <cstdio>

#include <CLI/CLI.hpp>

namespace claviger::cli {

void AddClientOptions(CLI::App& command, client::Overrides& overrides) {
  command.add_option("--endpoint-url", overrides.endpoint_url, "Where the server is (default: AWS_ENDPOINT_URL)");
  command.add_option("--region", overrides.region, "Region to sign for (default: AWS_REGION, else us-east-1)");
  command.add_option("--profile", overrides.profile, "Profile of the AWS files to take credentials from");
}

void AddTemporaryOptions(CLI::App& command, client::TemporaryRequest& request) {
  command.add_option("--role-arn", request.role_arn, "Role to assume (default: a session of the caller's own)");
  command.add_option("--session-name", request.session_name, "Name of the role's session")->capture_default_str();
  command.add_option("--external-id", request.external_id, "External id that the role asks for");
  command.add_option("--duration", request.duration_seconds, "How many seconds they last")->capture_default_str();
}

int Report(const client::ClientResult<int>& result) {
  if (result.ok()) return *result;
  static_cast<void>(std::fprintf(stderr, "claviger: %s\n", result.error().c_str()));
  return 1;
}

}  // namespace claviger::cli

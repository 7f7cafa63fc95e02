#include "cli/client_options.h"

#include <cstdio>

#include <CLI/CLI.hpp>

namespace claviger::cli {

void AddClientOptions(CLI::App& command, client::Overrides& overrides) {
  command.add_option("--endpoint-url", overrides.endpoint_url, "Where the server is (default: AWS_ENDPOINT_URL)");
  command.add_option("--region", overrides.region, "Region to sign for (default: AWS_REGION, else us-east-1)");
  command.add_option("--profile", overrides.profile, "Profile of the AWS files to take credentials from");
}

int Report(const client::ClientResult<int>& result) {
  if (result.ok()) return *result;
  static_cast<void>(std::fprintf(stderr, "claviger: %s\n", result.error().c_str()));
  return 1;
}

}  // namespace claviger::cli

// The credential report of an account, as it was when it was made. One attempt's view; not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

struct CredentialReport {
  TimePoint generated;
  std::string content;  // CSV.
};

// Errors: those of the store.
Result<std::optional<CredentialReport>> FindCredentialReport(const Context& context);
void PutCredentialReport(const Context& context, const CredentialReport& report);

}  // namespace claviger::directory

// What happened, as the loop that served it remembers it: cheap to make and to hand to another thread, which makes the
// CloudTrail records of it. Not thread-safe; owned by one thread at a time.
// The form of the records follows "CloudTrail record contents" in the CloudTrail User Guide.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/entry.h"
#include "audit/who.h"
#include "aws/error.h"
#include "aws/shape.h"
#include "base/clock.h"
#include "base/random.h"

namespace claviger::audit {

inline constexpr std::string_view kEventVersion = "1.11";
inline constexpr std::string_view kGlobalRegion = "us-east-1";  // Where IAM is, and whoever names none.

struct Event {
  TimePoint time;  // When the request was complete.
  const OperationInfo* operation = nullptr;
  std::shared_ptr<const Who> who;  // Null: the operation is unsigned.
  std::string request_id;
  std::string region;  // As signed for.
  std::string source_ip;
  std::string user_agent;
  std::string host;              // The header Host.
  std::string_view tls_version;  // Static texts; empty on a plain connection.
  std::string_view tls_cipher_suite;
  std::optional<Error> error;
  std::vector<Use> uses;

  std::shared_ptr<const void> keeps;  // What the two below are parts of.
  const void* request = nullptr;      // The typed request; null: it could not be read.
  const void* response = nullptr;     // The typed response; null unless it succeeded.
};

// Whether an operation only reads, as CloudTrail has it: AssumeRole does, GetFederationToken does not.
bool IsReadOnly(const OperationInfo& operation);

// The entries that an event makes: one; two with an id in common when a role of another account was assumed; none when
// no account can be told.
std::vector<Entry> MakeEntries(const Event& event, Random& random);

}  // namespace claviger::audit

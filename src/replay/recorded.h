// A request of the past, read back from what the audit trail keeps of it. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/entry.h"
#include "aws/caller.h"
#include "aws/shape.h"
#include "base/clock.h"
#include "base/result.h"

namespace claviger::replay {

struct Recorded {
  const OperationInfo* operation = nullptr;
  std::unique_ptr<ErasedValue> request;  // The operation's Request.

  // Who asked.
  PrincipalType type = PrincipalType::kUser;
  AccountId account;
  std::string unique_id;  // Of a user or role; the account for root; of a session what stands for its principal.
  std::string access_key_id;
  bool temporary = false;
  std::string principal;  // The ARN that a report tells of: of a session that of its role, or of who federated.

  TimePoint time;
  std::string region;
  std::string source_ip;
  std::string user_agent;
  bool secure = false;
  bool mfa_authenticated = false;  // With this very request.
  bool granted = false;            // Policies allowed it then.
  std::vector<audit::Use> uses;
  std::string event_id;
};

// Why there is no request to be decided again.
struct NoRequest {
  // Null: policies had no say in it, now as then. Else what is missing, a static text for people.
  const char* missing = nullptr;
};

Expected<Recorded, NoRequest> ReadRecorded(const audit::Entry& entry);

}  // namespace claviger::replay

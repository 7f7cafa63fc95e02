// When users and roles last called which action, and when anybody in the account last called which service: what
// "service last accessed" is made of. One record for each principal and action, so that uses of different actions never
// meet; that of the service is written over blindly. One attempt's view; not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/caller.h"
#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

struct ActionUse {
  std::string service;  // "iam"
  std::string action;   // "CreateUser"
  TimePoint time;       // The first use of the hours that are remembered as one.
  std::string region;
};

// The last use of a service by anybody in the account, the root user and those who are gone included.
struct ServiceUse {
  std::string service;
  TimePoint time;
  std::string region;
};

class ActionUses {
 public:
  explicit ActionUses(const Context& context) : context_(context) {}

  // The last recorded use of an action such as "iam:CreateUser".
  Result<std::optional<TimePoint>> Find(std::string_view principal, std::string_view action);
  // Remembers a use by the user or role of this unique id, if it still exists, or by root (kRootOwner).
  Result<> Record(PrincipalType type, std::string_view principal, std::string_view action, TimePoint time,
                  std::string_view region);
  // By service, then action.
  Result<std::vector<ActionUse>> ListOf(std::string_view principal);
  // By service.
  Result<std::vector<ServiceUse>> ListServices();
  // To be called when the principal is removed.
  Result<> Forget(std::string_view principal);

 private:
  Context context_;
};

}  // namespace claviger::directory

// When users and roles last called which action: what "service last accessed" is made of. One record for each principal
// and action, so that uses of different actions never meet. One attempt's view; not thread-safe.
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

class ActionUses {
 public:
  explicit ActionUses(const Context& context) : context_(context) {}

  // The last recorded use of an action such as "iam:CreateUser".
  Result<std::optional<TimePoint>> Find(std::string_view principal, std::string_view action);
  // Remembers a use by the user or role of this unique id, if it still exists.
  Result<> Record(PrincipalType type, std::string_view principal, std::string_view action, TimePoint time,
                  std::string_view region);
  // By service, then action.
  Result<std::vector<ActionUse>> ListOf(std::string_view principal);
  // To be called when the principal is removed.
  Result<> Forget(std::string_view principal);

 private:
  Context context_;
};

}  // namespace claviger::directory

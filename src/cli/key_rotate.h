// Carries a rotation of a user's access key out, step by step, against a running server.
#pragma once

#include <chrono>
#include <istream>
#include <optional>
#include <string>

#include "cli/key_rotation.h"
#include "client/api.h"

namespace claviger::cli {

// Exit codes of `claviger key rotate` besides 0, 1 (failed) and 2 (wrong arguments).
inline constexpr int kExitNotDue = 3;  // --step: the next step is not due yet.
inline constexpr int kExitStuck = 4;   // Somebody has to decide, or the rotation was rolled back.

struct RotateArguments {
  std::string user;
  std::string to;          // See cli/hand_over.h; needed only while a key has yet to be made.
  std::string retire;      // Adopts a pair of keys: this one goes.
  std::string state_file;  // Empty: one of the user's own.
  std::string access_log;  // Empty: calls with the old key cannot be seen once it is Inactive.
  RotationRules rules;
  std::chrono::seconds poll{60};
  bool one_step = false;
  bool confirmed = false;
};

// Where the memory of a rotation is kept when no file is named.
client::ClientResult<std::string> DefaultStateFile(const std::string& account, const std::string& user);

// Whether a line of the access log tells that a call with this key was refused after `since`.
bool WasRefusedSince(std::istream& log, std::string_view access_key_id, TimePoint since);

// Says what it does on standard error; returns the exit code. Fails at once when another run is at the same rotation.
client::ClientResult<int> Rotate(client::Api& api, const Clock& clock, const RotateArguments& arguments);

// Makes the old key Active again, unless another run is at the rotation; it goes on with the wait for quiet when it is
// run the next time.
client::ClientResult<int> RollBack(client::Api& api, const RotateArguments& arguments);

}  // namespace claviger::cli

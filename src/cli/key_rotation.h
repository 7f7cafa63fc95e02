// What comes next in the rotation of a user's access key. Pure: from what the server says of the keys, what is
// remembered, and the time, to one step; so that a rotation can be interrupted and taken up again at any point.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace claviger::cli {

// The server writes down at most one use of a key in this time, so a use may be that much later than the one on record.
inline constexpr std::chrono::minutes kLastUseGranularity{15};

struct KeyState {
  std::string id;
  bool active = true;
  TimePoint created;
  std::optional<TimePoint> last_used;  // nullopt: never.
};

// What the server cannot tell. Written down before and after each change.
struct RotationMemory {
  std::string old_id;                    // Empty: no rotation has begun.
  std::string new_id;                    // Empty: not made yet.
  std::optional<TimePoint> handed_over;  // The new key has reached whoever uses it.
  std::optional<TimePoint> deactivated;
};

struct RotationRules {
  std::chrono::seconds quiet_for{};  // The old key must not have been used for so long.
  std::chrono::seconds grace{};      // How long the old key stays Inactive before it is deleted.
  bool even_unused = false;          // Go on though nobody has used the new key, but somebody once used the old one.
};

enum class RotationStep : std::uint8_t {
  kMakeKey,     // And hand it over.
  kRemakeKey,   // Delete the new key, whose secret was lost before it was handed over; then it is made again.
  kWaitQuiet,   // Until `until`; nothing is on record of the time before when it is not set.
  kDeactivate,  // The old key.
  kWatch,       // Until `until`.
  kDelete,      // The old key.
  kDone,
  kStuck,  // Somebody has to decide; `why` says what.
};

struct RotationPlan {
  RotationStep step = RotationStep::kStuck;
  std::string old_id;
  std::optional<TimePoint> until;  // kWaitQuiet, kWatch: when to look again at the earliest.
  std::string why;                 // One clause for whoever watches.
};

// `keys` are all of the user, in any order.
RotationPlan PlanRotation(const std::vector<KeyState>& keys, const RotationMemory& memory, const RotationRules& rules,
                          TimePoint now);

// The memory as JSON, and back; nullopt for anything else.
std::string EncodeMemory(const RotationMemory& memory);
std::optional<RotationMemory> DecodeMemory(std::string_view text);

}  // namespace claviger::cli

// The longest that access keys may be used: what an account, or the installation for all that have not chosen, lays
// down, and what that means for a key. Reading and writing is one attempt's view; not thread-safe. The rest is pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "directory/context.h"
#include "directory/credential_status.h"

namespace claviger::directory {

// Stored, never renumber.
enum class KeyAgeAction : std::uint8_t { kWarn = 1, kDeactivate = 2 };

struct KeyAgeRule {
  std::chrono::seconds max{0};  // 0: keys may be of any age.
  KeyAgeAction action = KeyAgeAction::kWarn;
  std::chrono::seconds warn_before = std::chrono::days(14);  // How long before it is told of a key that its time comes.
  bool root = false;                                         // Whether the root user's keys are deactivated, too.
  TimePoint since;                                           // When it was laid down.

  [[nodiscard]] bool limits() const { return max > std::chrono::seconds(0); }
  // But for when it was laid down.
  [[nodiscard]] bool SaysTheSame(const KeyAgeRule& other) const;
  bool operator==(const KeyAgeRule&) const = default;
};

// What there is to know of a key's age.
struct KeyAges {
  std::string_view owner;
  CredentialStatus status = CredentialStatus::kActive;
  TimePoint created;
  TimePoint status_changed;
};

enum class KeyStanding : std::uint8_t { kFine, kDueSoon, kOverdue };

struct KeyAgeJudgement {
  KeyStanding standing = KeyStanding::kFine;
  std::optional<TimePoint> due;           // When the key is as old as it may become; nullopt: there is no such time.
  std::optional<TimePoint> deactivation;  // When it is made Inactive; nullopt: never.
};

// Inactive keys are fine. Nobody's key goes without notice: after the rule was laid down, and after somebody has made
// the key Active again, it has the time of the warning, a day at least.
KeyAgeJudgement JudgeKeyAge(const KeyAges& key, const KeyAgeRule& rule, TimePoint now);

// "90d", or in smaller units where days do not do: "36h", "90s".
std::string SpanText(std::chrono::seconds span);

// The rule as a part of a record, and back; nullopt for what is none.
std::string EncodeKeyAgeRule(const KeyAgeRule& rule);
std::optional<KeyAgeRule> DecodeKeyAgeRule(std::string_view bytes);

// What holds for the accounts that have not chosen: no limit, if nothing was laid down.
Result<KeyAgeRule> GetDefaultKeyAgeRule(store::Transaction& transaction);
// Writes nothing when it says what holds already, whose date then stays.
Result<> PutDefaultKeyAgeRule(store::Transaction& transaction, const KeyAgeRule& rule);

// What holds for the account: its own choice, else the default.
Result<KeyAgeRule> GetKeyAgeRule(const Context& context);

}  // namespace claviger::directory

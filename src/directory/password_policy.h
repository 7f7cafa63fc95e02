// What an account asks of its users' passwords. One attempt's view; the rules are pure.
// Follows "Set an account password policy for IAM users" in the IAM User Guide.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

struct PasswordPolicy {
  std::uint32_t characters_min = 6;
  bool needs_symbols = false;
  bool needs_numbers = false;
  bool needs_upper_case = false;
  bool needs_lower_case = false;
  bool users_may_change = false;                // Their own, without a policy of theirs that says so.
  std::optional<std::uint32_t> days_max;        // Absent: passwords do not expire.
  std::optional<std::uint32_t> former_refused;  // How many of the latest passwords may not be used again.
  std::optional<bool> hard_expiry;              // An expired one is the administrator's to replace.
};

// The account's own; nullopt when it has none and AWS's default one holds.
Result<std::optional<PasswordPolicy>> FindPasswordPolicy(const Context& context);
void PutPasswordPolicy(const Context& context, const PasswordPolicy& policy);
void RemovePasswordPolicy(const Context& context);

// Whether a password is good enough, its history aside. Without a policy of the account's own it needs eight characters
// of three of the four kinds, and must not be one of `names` (of the account, of the user) ignoring case.
bool IsGoodPassword(const std::optional<PasswordPolicy>& policy, std::string_view password,
                    std::span<const std::string_view> names);

// When a password that was set at `changed` expires; nullopt: never.
std::optional<TimePoint> PasswordExpiry(const std::optional<PasswordPolicy>& policy, TimePoint changed);

}  // namespace claviger::directory

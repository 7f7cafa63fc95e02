// Dates in policies and in the request values compared with them. Pure.
// Source: "Date condition operators" in the IAM User Guide: ISO 8601 in W3C's profile, or epoch seconds. What AWS takes
// beyond the profile was found by probing: a lower-case `t` and `z`, hours of one digit, far years, offsets without
// minutes.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace claviger::policy {

// Since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;  // 0 to 999999999.

  auto operator<=>(const Instant&) const = default;  // NOLINT(modernize-use-nullptr): mistakes the comparison with 0.
};

// Text with a `-` or `t` is a date, from a year alone to fractions of nine digits, UTC unless it has an offset; digits
// alone are epoch seconds. nullopt for anything else.
std::optional<Instant> ParseInstant(std::string_view text);

}  // namespace claviger::policy

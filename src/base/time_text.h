// Dates as AWS writes them. Pure; always UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace claviger {

// "2026-11-22T08:00:00Z".
std::string FormatIso8601(TimePoint time);
// "2026-11-22T08:00:00.123Z".
std::string FormatIso8601Millis(TimePoint time);
// "20261122T080000Z", the form of X-Amz-Date.
std::string FormatIso8601Basic(TimePoint time);
// "Sun, 22 Nov 2026 08:00:00 GMT" (RFC 9110, IMF-fixdate).
std::string FormatHttpDate(TimePoint time);
// "Aug 1, 2024 1:33:28 PM", the form of dates in IAM's audit records.
std::string FormatInWords(TimePoint time);

// Takes the extended form with optional fraction, and "Z" or an offset ("+02:00"); nullopt for anything else.
std::optional<TimePoint> ParseIso8601(std::string_view text);
// Takes exactly "YYYYMMDDTHHMMSSZ".
std::optional<TimePoint> ParseIso8601Basic(std::string_view text);
// Takes IMF-fixdate, the one form of RFC 9110 that senders may write.
std::optional<TimePoint> ParseHttpDate(std::string_view text);

}  // namespace claviger

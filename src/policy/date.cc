#include "policy/date.h"

#include <charconv>
#include <system_error>

namespace claviger::policy {
namespace {

// The years that milliseconds since 1970 reach in 64 bits, which is what AWS takes.
constexpr std::int64_t kYearMin = -292275054;
constexpr std::int64_t kYearMax = 292278993;
constexpr std::int64_t kSecondsPerDay = 86400;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLeap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

std::int64_t DaysInMonth(std::int64_t year, std::int64_t month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Days from 1970-01-01 in the Gregorian calendar, extended to all years.
std::int64_t DaysSinceEpoch(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t before = year - 1;
  std::int64_t days =
      365 * before + FloorDivide(before, 4) - FloorDivide(before, 100) + FloorDivide(before, 400) - 719162;
  for (std::int64_t m = 1; m < month; ++m) days += DaysInMonth(year, m);
  return days + day - 1;
}

// Takes pieces off the front; a mismatch is remembered.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool Take(char lower) {
    if (rest_.empty()) return false;
    const char c = rest_.front() >= 'A' && rest_.front() <= 'Z' ? static_cast<char>(rest_.front() + 32) : rest_.front();
    if (c != lower) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A number of `digits_min` to `digits_max` digits within the bounds.
  std::int64_t Number(std::size_t digits_min, std::size_t digits_max, std::int64_t min, std::int64_t max) {
    std::int64_t value = 0;
    digits_ = 0;
    while (digits_ < rest_.size() && digits_ < digits_max && IsDigit(rest_[digits_])) {
      value = value * 10 + (rest_[digits_] - '0');
      ++digits_;
    }
    rest_.remove_prefix(digits_);
    if (digits_ < digits_min || value < min || value > max) failed_ = true;
    return value;
  }

  [[nodiscard]] std::size_t digits() const { return digits_; }
  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }
  [[nodiscard]] bool ok() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  std::size_t digits_ = 0;
  bool failed_ = false;
};

std::optional<Instant> ParseEpochSeconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Instant{.seconds = seconds};
}

std::optional<Instant> ParseDate(std::string_view text) {
  Reader reader(text);
  const bool negative = reader.Take('-');
  std::int64_t year = reader.Number(1, 9, 0, negative ? -kYearMin : kYearMax);
  if (negative) year = -year;
  std::int64_t month = 1;
  std::int64_t day = 1;
  if (reader.Take('-')) month = reader.Number(1, 2, 1, 12);
  if (month < 1 || month > 12) return std::nullopt;
  if (reader.Take('-')) day = reader.Number(1, 2, 1, DaysInMonth(year, month));

  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  if (reader.Take('t') && !reader.AtEnd()) {
    seconds = reader.Number(1, 2, 0, 23) * 3600;
    if (reader.Take(':')) seconds += reader.Number(1, 2, 0, 59) * 60;
    if (reader.Take(':')) seconds += reader.Number(1, 2, 0, 59);
    if (reader.Take('.')) {
      nanoseconds = reader.Number(1, 9, 0, 999999999);
      for (std::size_t digits = reader.digits(); digits < 9; ++digits) nanoseconds *= 10;
    }
    const bool east = reader.Take('+');
    if (east || reader.Take('-')) {
      std::int64_t offset = reader.Number(2, 2, 0, 23) * 3600;
      if (reader.Take(':')) offset += reader.Number(2, 2, 0, 59) * 60;
      seconds += east ? -offset : offset;
    } else {
      reader.Take('z');
    }
  }
  if (!reader.ok()) return std::nullopt;
  return Instant{.seconds = DaysSinceEpoch(year, month, day) * kSecondsPerDay + seconds,
                 .nanoseconds = static_cast<std::int32_t>(nanoseconds)};
}

}  // namespace

std::optional<Instant> ParseInstant(std::string_view text) {
  return text.find_first_of("-tT") == std::string_view::npos ? ParseEpochSeconds(text) : ParseDate(text);
}

}  // namespace claviger::policy

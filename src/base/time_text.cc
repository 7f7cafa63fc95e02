#include "base/time_text.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace claviger {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  int year;
  unsigned month;
  unsigned day;
  int hour;
  int minute;
  int second;
  int milli;
  unsigned weekday;
};

Parts Split(TimePoint time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .hour = static_cast<int>(clock.hours().count()),
          .minute = static_cast<int>(clock.minutes().count()),
          .second = static_cast<int>(clock.seconds().count()),
          .milli = static_cast<int>(clock.subseconds().count() / 1000),
          .weekday = std::chrono::weekday(day).c_encoding()};
}

template <class... Numbers>
std::string Print(const char* format, Numbers... numbers) {
  std::array<char, 64> buffer;
  const int length = std::snprintf(buffer.data(), buffer.size(), format, numbers...);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

// Writes a number over the zeros that end before `end`.
void PutDigits(unsigned number, std::string& text, std::size_t end) {
  for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
}

// Takes fixed-width pieces off the front of a text; any mismatch is remembered.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int Number(std::size_t width) {
    if (rest_.size() < width) return Fail();
    int value = 0;
    for (const char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return Fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }

  void Literal(std::string_view expected) {
    if (!Take(expected)) Fail();
  }

  bool Take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  // One of `names`, by its position.
  template <std::size_t kCount>
  unsigned Name(const std::array<std::string_view, kCount>& names) {
    for (unsigned i = 0; i < kCount; ++i) {
      if (Take(names[i])) return i;
    }
    Fail();
    return 0;
  }

  // ".5" and the like, one to nine digits; zero when there is none.
  microseconds Fraction() {
    if (!Take(".")) return microseconds(0);
    std::int64_t nanos = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      if (digits == 9) return microseconds(Fail());
      nanos = nanos * 10 + (rest_[digits] - '0');
      ++digits;
    }
    if (digits == 0) return microseconds(Fail());
    for (std::size_t i = digits; i < 9; ++i) nanos *= 10;
    rest_.remove_prefix(digits);
    return microseconds(nanos / 1000);
  }

  bool AtEnd() const { return !failed_ && rest_.empty(); }

 private:
  int Fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool failed_ = false;
};

std::optional<TimePoint> Join(int year, unsigned month, unsigned day, int hour, int minute, int second) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

std::string FormatIso8601(TimePoint time) {
  const Parts p = Split(time);
  if (p.year >= 0 && p.year <= 9999) {  // Without printf: events of the audit trail have one each.
    std::string text = "0000-00-00T00:00:00Z";
    PutDigits(static_cast<unsigned>(p.year), text, 4);
    PutDigits(p.month, text, 7);
    PutDigits(p.day, text, 10);
    PutDigits(static_cast<unsigned>(p.hour), text, 13);
    PutDigits(static_cast<unsigned>(p.minute), text, 16);
    PutDigits(static_cast<unsigned>(p.second), text, 19);
    return text;
  }
  return Print("%04d-%02u-%02uT%02d:%02d:%02dZ", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string FormatIso8601Millis(TimePoint time) {
  const Parts p = Split(time);
  return Print("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", p.year, p.month, p.day, p.hour, p.minute, p.second, p.milli);
}

std::string FormatIso8601Basic(TimePoint time) {
  const Parts p = Split(time);
  return Print("%04d%02u%02uT%02d%02d%02dZ", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string FormatHttpDate(TimePoint time) {
  const Parts p = Split(time);
  return Print("%s, %02u %s %04d %02d:%02d:%02d GMT", kWeekdays[p.weekday].data(), p.day, kMonths[p.month - 1].data(),
               p.year, p.hour, p.minute, p.second);
}

std::string FormatInWords(TimePoint time) {
  const Parts parts = Split(time);
  const int hour = parts.hour % 12 == 0 ? 12 : parts.hour % 12;
  return Print("%s %u, %04d %d:%02d:%02d %s", kMonths[parts.month - 1].data(), parts.day, parts.year, hour,
               parts.minute, parts.second, parts.hour < 12 ? "AM" : "PM");
}

std::optional<TimePoint> ParseIso8601(std::string_view text) {
  Reader reader(text);
  const int year = reader.Number(4);
  reader.Literal("-");
  const int month = reader.Number(2);
  reader.Literal("-");
  const int day = reader.Number(2);
  reader.Literal("T");
  const int hour = reader.Number(2);
  reader.Literal(":");
  const int minute = reader.Number(2);
  reader.Literal(":");
  const int second = reader.Number(2);
  const microseconds fraction = reader.Fraction();
  minutes offset(0);
  if (!reader.Take("Z")) {
    const int sign = reader.Take("-") ? -1 : 1;
    if (sign == 1) reader.Literal("+");
    const int offset_hours = reader.Number(2);
    reader.Literal(":");
    const int offset_minutes = reader.Number(2);
    if (offset_hours > 23 || offset_minutes > 59) return std::nullopt;
    offset = sign * (hours(offset_hours) + minutes(offset_minutes));
  }
  if (!reader.AtEnd()) return std::nullopt;
  const auto whole = Join(year, static_cast<unsigned>(month), static_cast<unsigned>(day), hour, minute, second);
  if (!whole) return std::nullopt;
  return *whole + fraction - offset;
}

std::optional<TimePoint> ParseIso8601Basic(std::string_view text) {
  Reader reader(text);
  const int year = reader.Number(4);
  const int month = reader.Number(2);
  const int day = reader.Number(2);
  reader.Literal("T");
  const int hour = reader.Number(2);
  const int minute = reader.Number(2);
  const int second = reader.Number(2);
  reader.Literal("Z");
  if (!reader.AtEnd()) return std::nullopt;
  return Join(year, static_cast<unsigned>(month), static_cast<unsigned>(day), hour, minute, second);
}

std::optional<TimePoint> ParseHttpDate(std::string_view text) {
  Reader reader(text);
  const unsigned weekday = reader.Name(kWeekdays);
  reader.Literal(", ");
  const int day = reader.Number(2);
  reader.Literal(" ");
  const unsigned month = reader.Name(kMonths) + 1;
  reader.Literal(" ");
  const int year = reader.Number(4);
  reader.Literal(" ");
  const int hour = reader.Number(2);
  reader.Literal(":");
  const int minute = reader.Number(2);
  reader.Literal(":");
  const int second = reader.Number(2);
  reader.Literal(" GMT");
  if (!reader.AtEnd()) return std::nullopt;
  const auto time = Join(year, month, static_cast<unsigned>(day), hour, minute, second);
  if (!time || Split(*time).weekday != weekday) return std::nullopt;
  return time;
}

}  // namespace claviger

#include "cli/span.h"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace claviger::cli {

std::optional<std::chrono::seconds> ParseSpan(std::string_view text) {
  std::uint32_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop + 1 != end) return std::nullopt;
  switch (*stop) {
    case 's':
      return std::chrono::seconds(count);
    case 'm':
      return std::chrono::minutes(count);
    case 'h':
      return std::chrono::hours(count);
    case 'd':
      return std::chrono::days(count);
    default:
      return std::nullopt;
  }
}

}  // namespace claviger::cli

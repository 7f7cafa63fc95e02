// Spans of time as people type them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace claviger::cli {

// "90s", "15m", "12h", "30d"; nullopt for anything else.
std::optional<std::chrono::seconds> ParseSpan(std::string_view text);

}  // namespace claviger::cli

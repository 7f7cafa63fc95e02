// What `claviger policy replay` prints. Pure.
#pragma once

#include <string>
#include <string_view>

#include "replay/replay.h"

namespace claviger::cli {

// "table", "csv" or "json": the differences, in JSON with the counts of all requests.
std::string FormatDifferences(std::string_view format, const replay::Report& report);

// The counts in sentences, one a line.
std::string Summarize(const replay::Report& report);

}  // namespace claviger::cli

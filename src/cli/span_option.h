// Options that take a span of time.
#pragma once

#include <chrono>
#include <string>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace claviger::cli {

// As cli/span.h has them; "0" is one as well. REQUIRES: `span` outlives the command.
CLI::Option* AddSpanOption(CLI::App& command, const std::string& name, std::chrono::seconds& span,
                           const std::string& help);

}  // namespace claviger::cli

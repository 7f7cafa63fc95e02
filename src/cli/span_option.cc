#include "cli/span_option.h"

#include <CLI/CLI.hpp>

#include "cli/span.h"

namespace claviger::cli {

CLI::Option* AddSpanOption(CLI::App& command, const std::string& name, std::chrono::seconds& span,
                           const std::string& help) {
  return command.add_option_function<std::string>(
      name,
      [&span, name](const std::string& text) {
        const auto parsed = ParseSpan(text == "0" ? "0s" : text);
        if (!parsed) throw CLI::ValidationError(name, "`" + text + "` is no span: give 90s, 15m, 12h or 30d");
        span = *parsed;
      },
      help);
}

}  // namespace claviger::cli

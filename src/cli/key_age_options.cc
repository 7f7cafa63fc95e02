#include "cli/key_age_options.h"

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/span.h"

namespace claviger::cli {
namespace {

using directory::KeyAgeAction;

constexpr std::chrono::seconds kSpanMax = std::chrono::days(36500);  // What the store takes.

std::chrono::seconds SpanIn(const std::string& name, const std::string& text) {
  const auto span = ParseSpan(text == "0" || text == "none" ? "0s" : text);
  if (!span || *span > kSpanMax) {
    throw CLI::ValidationError(name, "`" + text + "` is no span: give 12h or 90d, 36500d at most");
  }
  return *span;
}

}  // namespace

directory::KeyAgeRule KeyAgeChoice::Over(directory::KeyAgeRule rule) const {
  rule.max = max.value_or(rule.max);
  rule.action = action.value_or(rule.action);
  rule.warn_before = warn_before.value_or(rule.warn_before);
  rule.root = root.value_or(rule.root);
  return rule;
}

void AddKeyAgeOptions(CLI::App& command, KeyAgeOf whose, KeyAgeChoice& choice) {
  const auto add = [&command, whose](const std::string& name, const std::string& environment,
                                     const std::function<void(const std::string&)>& take, const std::string& help) {
    CLI::Option* option = command.add_option_function<std::string>(name, take, help);
    return whose == KeyAgeOf::kInstallation ? option->envname(environment) : option;
  };
  add(
      "--key-max-age", "CLAVIGER_KEY_MAX_AGE",
      [&choice](const std::string& text) {
        choice.as_default = text == "default";
        choice.max.reset();
        if (!choice.as_default) choice.max = SpanIn("--key-max-age", text);
      },
      whose == KeyAgeOf::kInstallation
          ? "How old access keys may become: 90d, 12h; none (the default): as old as they like"
          : "How old access keys may become: 90d, 12h; none; default: what the server was started with");
  add(
      "--key-max-age-action", "CLAVIGER_KEY_MAX_AGE_ACTION",
      [&choice](const std::string& text) {
        choice.action = text == "deactivate" ? KeyAgeAction::kDeactivate : KeyAgeAction::kWarn;
      },
      "What happens to older ones: warn (the default) or deactivate")
      ->check(CLI::IsMember({"warn", "deactivate"}));
  add(
      "--key-warn-before", "CLAVIGER_KEY_WARN_BEFORE",
      [&choice](const std::string& text) { choice.warn_before = SpanIn("--key-warn-before", text); },
      "How long before that it is told of a key, and how much notice there is at least (default: 14d)");
  add(
      "--key-max-age-root", "CLAVIGER_KEY_MAX_AGE_ROOT",
      [&choice](const std::string& text) { choice.root = text == "yes" || text == "true"; },
      "Whether the root user's keys are deactivated, too: yes or no (the default)")
      ->check(CLI::IsMember({"yes", "no", "true", "false"}));
}

}  // namespace claviger::cli

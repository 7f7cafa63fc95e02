// The greatest age of access keys, as options: of `claviger serve` for all accounts that have not chosen, of
// `claviger account set` for one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "directory/key_age.h"

namespace CLI {
class App;
}  // namespace CLI

namespace claviger::cli {

// What was given; the rest stays as it is.
struct KeyAgeChoice {
  bool as_default = false;  // --key-max-age default: the account has no rule of its own any more.
  std::optional<std::chrono::seconds> max;
  std::optional<directory::KeyAgeAction> action;
  std::optional<std::chrono::seconds> warn_before;
  std::optional<bool> root;

  [[nodiscard]] bool empty() const { return !as_default && !max && !action && !warn_before && !root; }
  [[nodiscard]] directory::KeyAgeRule Over(directory::KeyAgeRule rule) const;
};

enum class KeyAgeOf : std::uint8_t { kInstallation, kAccount };

// --key-max-age, --key-max-age-action, --key-warn-before, --key-max-age-root; those of the installation are settings,
// which the environment and the file may give. REQUIRES: `choice` outlives the command.
void AddKeyAgeOptions(CLI::App& command, KeyAgeOf whose, KeyAgeChoice& choice);

}  // namespace claviger::cli

// What an account has chosen for itself: its alias, which session tokens the global endpoint gives it, and how old
// access keys may become.
// One attempt's view; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "directory/context.h"
#include "directory/key_age.h"

namespace claviger::directory {

struct Preferences {
  std::string alias;  // Unique in the installation; empty: none.
  std::uint32_t token_version = 1;
  std::optional<KeyAgeRule> key_age;  // nullopt: the installation's default holds.

  bool operator==(const Preferences&) const = default;
};

class AccountPreferences {
 public:
  explicit AccountPreferences(const Context& context) : context_(context) {}

  // Those of AWS's new accounts when nothing was ever chosen.
  Result<Preferences> Get();
  // Takes the place of the alias that the account has; the empty one takes it away. EntityAlreadyExists when an
  // account has it, even this one.
  Result<> SetAlias(std::string_view alias);
  Result<> SetTokenVersion(std::uint32_t version);
  // A rule that says what the account has chosen already stays as old as it is.
  Result<> SetKeyAge(const std::optional<KeyAgeRule>& rule);

 private:
  void Put(const Preferences& preferences);

  Context context_;
};

// The account that has this alias; nullopt when none has.
Result<std::optional<AccountId>> FindAccountOfAlias(store::Transaction& transaction, std::string_view alias);

}  // namespace claviger::directory

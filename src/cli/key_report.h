// The report on access keys: how old each is, and when it was last used. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cli/key_rotation.h"
#include "directory/key_age.h"

namespace claviger::cli {

// How the account's root user is called in the report, as in AWS's credential report.
inline constexpr std::string_view kRootInReport = "<root_account>";

struct ReportedKey {
  std::string account;
  std::string user;
  KeyState key;
  std::string service;  // Of the last use; empty without one.
  // What the greatest age means for it; nullopt: none is known, as over the API.
  std::optional<directory::KeyAgeJudgement> age = {};
};

// Leaves those that are at least `days` old, oldest first.
void SortForReport(std::vector<ReportedKey>& keys, unsigned days, TimePoint now);

// "table", "csv" or "json", each with all the keys.
std::string FormatReport(std::string_view format, const std::vector<ReportedKey>& keys, TimePoint now);

}  // namespace claviger::cli

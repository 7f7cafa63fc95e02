// Between grammar and checks: a document that may still lack what its kind requires. For parse.cc and check.cc alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.h"
#include "policy/parse.h"

namespace claviger::policy {

struct StatementDraft {
  Statement statement;           // An absent Action is an empty list.
  bool effect_misspelt = false;  // "allow", "denY"
  Position begin;
  Position effect_at;
  Position sid_at;
  Position principal_at;
  Position action_at;                  // Also of a missing one: the statement.
  Position resource_at;                // The same.
  std::vector<Position> condition_at;  // One per condition.
};

struct Draft {
  Version version = Version::k20081017;
  std::optional<std::string> id;
  Position version_at;
  std::vector<StatementDraft> statements;
};

// AWS's checks of `draft` as a policy of `kind`, in AWS's order; nullopt when it passes.
std::optional<PolicyError> Check(const Draft& draft, Kind kind);

// What is wrong with one entry of Resource or NotResource; nullopt when nothing is.
// The message is empty where AWS says only that "the policy failed legacy parsing".
std::optional<std::string> ResourceProblem(std::string_view resource);

// Whether a value may stand under its kind in a Principal. For kTrust the message differs by kind.
bool IsPlausiblePrincipal(const Principal& principal);

}  // namespace claviger::policy

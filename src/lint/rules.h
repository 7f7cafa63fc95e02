// The rules behind Lint, by what they look at. For lint.cc alone.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "lint/lint.h"

namespace claviger::lint {

// One statement under review, and where findings go.
struct Review {
  const policy::Document& document;
  const Options& options;
  std::size_t index;
  std::vector<Finding>& findings;

  [[nodiscard]] const policy::Statement& statement() const { return document.statements[index]; }
  [[nodiscard]] bool allows() const { return statement().effect == policy::Effect::kAllow; }
  [[nodiscard]] bool variables() const { return document.version == policy::Version::k20121017; }
  void Say(std::string_view id, std::string reason) const { findings.push_back({id, index, std::move(reason)}); }

  // Whether a condition reads a key whose name, in lower case, `matches` takes.
  template <class Matches>
  [[nodiscard]] bool ReadsKey(const Matches& matches) const {
    return std::ranges::any_of(statement().conditions, [&](const policy::Condition& condition) {
      return matches(std::string_view(AsciiLower(condition.key)));
    });
  }
};

void ReviewPermissions(const Review& review);  // What it allows too widely.
void ReviewPrincipals(const Review& review);   // Whom it trusts too easily.
void ReviewWords(const Review& review);        // Actions and keys that do not exist, values that cannot match.
void ReviewOverlaps(const Review& review);     // Statements that change nothing.

}  // namespace claviger::lint

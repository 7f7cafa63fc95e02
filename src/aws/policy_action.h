// What policies may say about the services, as data: the tables of gen/policy_actions.h. Safe to read from any thread.
#pragma once

#include <span>
#include <string_view>

namespace claviger {

struct PolicyAction {
  std::string_view name;                   // "iam:PassRole"
  std::span<const std::string_view> arns;  // What it can be about, with `*` for what varies; none: `*` alone.
};

}  // namespace claviger

// Policies that AWS manages, as facts: what the catalogue of the directory is made of. Plain views; whoever made them
// keeps the text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace claviger {

struct AwsManagedPolicyVersion {
  std::uint32_t number = 1;  // 3 of "v3".
  std::int64_t created = 0;  // Seconds since 1970.
  std::string_view document;
};

struct AwsManagedPolicy {
  std::string_view arn;  // "arn:aws:iam::aws:policy/job-function/Billing"
  std::string_view id;   // "ANPA..."
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::uint32_t default_version = 1;
  std::span<const AwsManagedPolicyVersion> versions;  // Oldest first; numbers may be missing.
};

}  // namespace claviger

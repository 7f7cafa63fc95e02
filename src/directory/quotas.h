// The quotas of context.h by the names that an administrator gives them in.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "directory/context.h"

namespace claviger::directory {

struct QuotaInfo {
  std::string_view name;          // "users-per-account"; its other spellings are made of it.
  std::uint64_t Quotas::*member;  // Where the value is.
  std::string_view what;          // What it limits.
};

// Every member of Quotas, in their order.
std::span<const QuotaInfo> AllQuotas();

}  // namespace claviger::directory

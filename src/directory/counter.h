// How many of a thing an account has, kept exact by the store without making its makers wait for each other.
#pragma once

#include <cstdint>
#include <string_view>

#include "directory/context.h"

namespace claviger::directory {

struct Counter {
  std::string_view what;        // Its key in the account: "users".
  std::string_view quota_name;  // As LimitExceeded names it: "UsersPerAccount".
  std::uint64_t max = 0;        // The quota.
};

// One more. LimitExceeded, in AWS's words, when the quota is reached.
Result<> CountUp(const Context& context, const Counter& counter);
// One less.
void CountDown(const Context& context, const Counter& counter);
// How many there are, without depending on it.
Result<std::uint64_t> CountOf(const Context& context, std::string_view what);
// LimitExceeded in AWS's words.
Failure<Error> QuotaExceeded(std::string_view quota_name, std::uint64_t max);

}  // namespace claviger::directory

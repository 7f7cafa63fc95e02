// Wrong answers in a row to a question that can be guessed, at rest: a code of six digits, a password.
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace claviger::directory {

struct Attempts {
  std::uint64_t failures = 0;  // Since the last right answer.
  TimePoint last_failure;
};

// Whether the next answer is to be refused unread. The first five wrong answers are free; each further one makes the
// next wait twice as long, from half a minute to a quarter of an hour.
bool MustWait(const Attempts& attempts, TimePoint now);

// After one more wrong answer.
Attempts AfterFailure(const Attempts& attempts, TimePoint now);

// As a field of a record: empty when there is nothing to remember.
std::string EncodeAttempts(const Attempts& attempts);
// nullopt when it cannot be read.
std::optional<Attempts> DecodeAttempts(std::string_view record);

}  // namespace claviger::directory

// Codes of authenticator apps and hardware tokens: RFC 6238 as all of them speak it, SHA-1 and six digits; steps are of
// thirty seconds, of some tokens of sixty.
// Pure; safe to call from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "crypto/secret.h"

namespace claviger::crypto {

inline constexpr std::size_t kTotpDigits = 6;
inline constexpr std::chrono::seconds kTotpPeriod{30};

// The number of the period that `time` is in. REQUIRES: not before 1970.
std::int64_t TotpStep(TimePoint time, std::chrono::seconds period = kTotpPeriod);

// The code of one step. REQUIRES: step >= 0.
Secret TotpCode(const Secret& seed, std::int64_t step);

// The step from `first` to `last` whose code this is; of several the earliest. Takes time that depends on the bounds
// only.
std::optional<std::int64_t> FindTotpStep(const Secret& seed, std::string_view code, std::int64_t first,
                                         std::int64_t last);

// The earliest step from `first` to `last` such that `code1` is its code and `code2` that of the next one.
std::optional<std::int64_t> FindTotpSteps(const Secret& seed, std::string_view code1, std::string_view code2,
                                          std::int64_t first, std::int64_t last);

}  // namespace claviger::crypto

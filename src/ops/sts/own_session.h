// What GetSessionToken and GetFederationToken have in common: a user or root asks, with a long-term key.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ops/context.h"

namespace claviger::ops::sts {

// AccessDenied for temporary credentials.
Result<> CheckLongTerm(const Caller& caller, std::string_view operation);

// Twelve hours when nothing is asked. A longer request of the root user is shortened to an hour without a word.
std::chrono::seconds OwnDuration(const Caller& caller, std::optional<std::int32_t> asked);

}  // namespace claviger::ops::sts

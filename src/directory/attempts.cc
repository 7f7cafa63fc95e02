#include "directory/attempts.h"

#include <algorithm>
#include <chrono>

#include "codec/record.h"

namespace claviger::directory {
namespace {

// Stored, never renumber: docs/internals/directory.md.
constexpr std::uint8_t kVersion = 1;
enum AttemptsField : unsigned { kFailures = 1, kLastFailure = 2 };

constexpr std::uint64_t kFreeFailures = 5;
constexpr std::uint64_t kDoublingsMax = 5;
constexpr std::chrono::seconds kWaitMin{30};
constexpr std::chrono::seconds kWaitMax{900};

}  // namespace

bool MustWait(const Attempts& attempts, TimePoint now) {
  if (attempts.failures < kFreeFailures) return false;
  const auto doublings = std::min(attempts.failures - kFreeFailures, kDoublingsMax);
  const std::chrono::seconds wait = std::min(kWaitMin * (std::int64_t{1} << doublings), kWaitMax);
  return now < attempts.last_failure + wait;
}

Attempts AfterFailure(const Attempts& attempts, TimePoint now) {
  return {.failures = attempts.failures + 1, .last_failure = now};
}

std::string EncodeAttempts(const Attempts& attempts) {
  if (attempts.failures == 0) return {};
  return codec::RecordWriter(kVersion)
      .Number(kFailures, attempts.failures)
      .Time(kLastFailure, attempts.last_failure)
      .Take();
}

std::optional<Attempts> DecodeAttempts(std::string_view record) {
  Attempts attempts;
  codec::RecordReader reader(record, kVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kFailures) attempts.failures = field->value;
    if (field->number == kLastFailure) attempts.last_failure = field->Time();
  }
  if (!reader.ok()) return std::nullopt;
  return attempts;
}

}  // namespace claviger::directory

// The second id that STS gives a request, in the header x-amz-sts-extended-request-id and in the audit trail's record.
// Pure but for the Random of the thread's own.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace claviger::service {

inline constexpr std::string_view kExtendedRequestIdHeader = "x-amz-sts-extended-request-id";

// The base64 text of "1:us-east-1:S:1763579652304:R:1Qdxo2gT": region, milliseconds since 1970, and eight random
// letters and digits.
std::string NewExtendedRequestId(std::string_view region, TimePoint time, Random& random);

}  // namespace claviger::service

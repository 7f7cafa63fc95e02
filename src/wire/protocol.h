// Which of the two protocols a request speaks. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace claviger::wire {

enum class Protocol : std::uint8_t {
  kQuery,  // A form; the operation by Action and Version, the answer in XML. IAM and STS.
  kJson,   // AWS JSON 1.1; the operation by the header X-Amz-Target. Organizations and CloudTrail.
};

// By the header Content-Type (empty when there is none): Query unless it says application/x-amz-json-1.1.
Protocol ProtocolFor(std::string_view content_type);

}  // namespace claviger::wire

// What the service itself did, without anybody's request, as CloudTrail tells of it. Pure.
// Follows "Non-API events captured by CloudTrail" in the CloudTrail User Guide.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "audit/entry.h"
#include "aws/account_id.h"
#include "base/clock.h"
#include "base/random.h"

namespace claviger::audit {

struct ServiceEvent {
  TimePoint time;
  AccountId account;
  std::string_view name;     // "DeactivateAccessKey"
  std::string_view service;  // "iam"
  std::vector<ResourceName> resources;
  // serviceEventDetails, in this order.
  struct Detail {
    std::string_view name;
    std::variant<std::string, std::int64_t> value;
  };
  std::vector<Detail> details;
};

Entry MakeServiceEntry(const ServiceEvent& event, Random& random);

}  // namespace claviger::audit

// Metrics without labels in Prometheus's text exposition format 0.0.4. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace claviger::service {

struct PlainMetric {
  std::string_view name;
  std::string_view type;  // "counter", "gauge"
  std::string_view help;
  std::uint64_t value;
};

std::string WritePlainMetrics(std::span<const PlainMetric> metrics);

}  // namespace claviger::service

#include "service/plain_metrics.h"

namespace claviger::service {

std::string WritePlainMetrics(std::span<const PlainMetric> metrics) {
  std::string text;
  for (const PlainMetric& metric : metrics) {
    text.append("# HELP ").append(metric.name).append(" ").append(metric.help).append("\n");
    text.append("# TYPE ").append(metric.name).append(" ").append(metric.type).append("\n");
    text.append(metric.name).append(" ").append(std::to_string(metric.value)).append("\n");
  }
  return text;
}

}  // namespace claviger::service

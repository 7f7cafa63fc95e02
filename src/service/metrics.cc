#include "service/metrics.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace claviger::service {
namespace {

constexpr std::array<std::string_view, Metrics::kOutcomes> kOutcomeNames = {"success", "client_error", "server_error"};
constexpr std::int64_t kMicrosPerSecond = 1'000'000;

Metrics::Outcome OutcomeOf(int status) {
  if (status >= 500) return Metrics::Outcome::kServerError;
  if (status >= 400) return Metrics::Outcome::kClientError;
  return Metrics::Outcome::kSuccess;
}

void AppendCount(std::string_view service, std::string_view operation, std::string_view outcome, std::uint64_t count,
                 std::string& out) {
  if (count == 0) return;  // Hundreds of operations times three outcomes: only those seen are worth a line.
  out += "claviger_requests_total{service=\"";
  out += service;
  out += "\",operation=\"";
  out += operation;
  out += "\",outcome=\"";
  out += outcome;
  out += "\"} " + std::to_string(count) + "\n";
}

// Microseconds as seconds, without the noise of floating point: 250 -> "0.00025".
std::string Seconds(std::int64_t micros) {
  std::string fraction = std::to_string(kMicrosPerSecond + micros % kMicrosPerSecond).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  std::string text = std::to_string(micros / kMicrosPerSecond);
  return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace

Metrics::Metrics(std::span<const ServiceInfo* const> services) : services_(services) {
  for (const ServiceInfo* service : services_) operations_ += service->operations.size();
  outcomes_ = std::make_unique<Counter[]>((operations_ + 1) * kOutcomes);
}

void Metrics::Count(const Answered& answered) {
  std::size_t slot = 0;
  if (answered.operation == nullptr) {
    slot = operations_;
  } else {
    for (const ServiceInfo* service : services_) {
      if (service == answered.operation->service) {
        slot += static_cast<std::size_t>(answered.operation - service->operations.data());
        break;
      }
      slot += service->operations.size();
    }
  }
  Increment(outcomes_[slot * kOutcomes + static_cast<std::size_t>(OutcomeOf(answered.status))]);
  const auto* bound = std::ranges::lower_bound(kBucketMicros, answered.took.count());
  Increment(latency_[static_cast<std::size_t>(bound - kBucketMicros.begin())]);
  Increment(latency_micros_, static_cast<std::uint64_t>(std::max<std::int64_t>(answered.took.count(), 0)));
}

std::string WriteMetrics(std::span<const Metrics* const> loops) {
  std::string out =
      "# HELP claviger_requests_total Requests answered, by operation and outcome.\n"
      "# TYPE claviger_requests_total counter\n";
  if (loops.empty()) return out;
  const auto total = [&](auto pick) {
    std::uint64_t sum = 0;
    for (const Metrics* loop : loops) sum += pick(*loop).load(std::memory_order_relaxed);
    return sum;
  };
  std::size_t slot = 0;
  const auto append = [&](std::string_view service, std::string_view operation) {
    for (std::size_t outcome = 0; outcome < Metrics::kOutcomes; ++outcome) {
      const std::size_t at = slot * Metrics::kOutcomes + outcome;
      const auto pick = [at](const Metrics& loop) -> const Metrics::Counter& { return loop.outcomes_[at]; };
      AppendCount(service, operation, kOutcomeNames[outcome], total(pick), out);
    }
    ++slot;
  };
  for (const ServiceInfo* service : loops.front()->services_) {
    for (const OperationInfo& operation : service->operations) append(service->name, operation.name);
  }
  append("", "unrecognised");

  out +=
      "# HELP claviger_request_duration_seconds Time from a complete request to its answer.\n"
      "# TYPE claviger_request_duration_seconds histogram\n";
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i <= Metrics::kBucketMicros.size(); ++i) {
    so_far += total([i](const Metrics& loop) -> const Metrics::Counter& { return loop.latency_[i]; });
    const std::string bound = i < Metrics::kBucketMicros.size() ? Seconds(Metrics::kBucketMicros[i]) : "+Inf";
    out += "claviger_request_duration_seconds_bucket{le=\"" + bound + "\"} " + std::to_string(so_far) + "\n";
  }
  const std::uint64_t micros =
      total([](const Metrics& loop) -> const Metrics::Counter& { return loop.latency_micros_; });
  out += "claviger_request_duration_seconds_sum " + Seconds(static_cast<std::int64_t>(micros)) + "\n";
  out += "claviger_request_duration_seconds_count " + std::to_string(so_far) + "\n";
  return out;
}

}  // namespace claviger::service

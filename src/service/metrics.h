// Counters of what was asked and answered, in Prometheus text form.
// Each event loop counts in a Metrics of its own, without locks; WriteMetrics adds them up, from any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "aws/shape.h"
#include "service/answered.h"

namespace claviger::service {

class Metrics {
 public:
  explicit Metrics(std::span<const ServiceInfo* const> services);

  // On the owning loop's thread only.
  void Count(const Answered& answered);

  // What a request came to.
  enum class Outcome { kSuccess, kClientError, kServerError };
  static constexpr std::size_t kOutcomes = 3;

  // Upper bounds of the latency histogram, in microseconds.
  static constexpr std::array<std::int64_t, 12> kBucketMicros = {50,    100,    250,    500,     1'000,     2'500,
                                                                 5'000, 10'000, 50'000, 250'000, 1'000'000, 5'000'000};

 private:
  friend std::string WriteMetrics(std::span<const Metrics* const>);

  // One writer, any number of readers: relaxed loads and stores, no locked instruction.
  using Counter = std::atomic<std::uint64_t>;
  static void Increment(Counter& counter, std::uint64_t by = 1) {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::span<const ServiceInfo* const> services_;
  std::size_t operations_ = 0;           // Over all services; one more slot for unrecognised ones.
  std::unique_ptr<Counter[]> outcomes_;  // By operation, then outcome.
  std::array<Counter, kBucketMicros.size() + 1> latency_{};
  Counter latency_micros_{0};
};

// The sum over `loops`, as Prometheus's text exposition format 0.0.4.
std::string WriteMetrics(std::span<const Metrics* const> loops);

}  // namespace claviger::service

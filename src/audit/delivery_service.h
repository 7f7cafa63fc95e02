// Delivers log files and digests for as long as it lives, on a thread of its own: of the whole installation, and of
// every account's trails that log. Buckets are folders below one that the administrator names; a trail can be delivered
// to those that exist. Safe to use from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "audit/delivery.h"
#include "audit/trail.h"
#include "base/clock.h"
#include "base/random.h"
#include "directory/context.h"
#include "directory/trail.h"
#include "store/store.h"

namespace claviger::audit {

struct DeliveryOptions {
  std::filesystem::path folder;        // Of the buckets; everybody's events are delivered into it itself.
  std::filesystem::path state_folder;  // Empty: in memory only.
  std::chrono::seconds interval{300};
  std::chrono::seconds digest_interval{3600};
  std::function<void(std::string_view)> log = [](std::string_view) {};
};

class DeliveryService {
 public:
  struct Status {
    std::optional<TimePoint> delivered;
    std::optional<TimePoint> digested;
    std::string error;  // Of the last attempt; empty when it went well.
  };

  // REQUIRES: what it refers to outlives it.
  DeliveryService(DeliveryOptions options, Trail& trail, store::Store& store, const directory::Keys& keys,
                  const Clock& clock, std::unique_ptr<Random> random);
  // Delivers what is there.
  ~DeliveryService();
  DeliveryService(const DeliveryService&) = delete;
  DeliveryService& operator=(const DeliveryService&) = delete;

  [[nodiscard]] bool HasBucket(std::string_view name) const;
  [[nodiscard]] Status StatusOf(AccountId account, const directory::TrailRecord& trail) const;

 private:
  struct Line {
    Delivery delivery;
    TimePoint tried;
  };

  void Run();
  void Round(TimePoint now, bool last);
  void Serve(const Destination& destination, TimePoint now, bool last);
  JournalResult<> DeliverTo(const Destination& destination, TimePoint now, bool last);
  JournalResult<const Signer*> GetSigner(TimePoint now);

  DeliveryOptions options_;
  Trail& trail_;
  store::Store& store_;
  const directory::Keys& keys_;
  const Clock& clock_;
  std::unique_ptr<Random> random_;
  // Of the thread alone.
  std::map<std::string, Line> lines_;  // By the id of the destination.
  std::optional<Signer> signer_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::map<std::string, Status> statuses_;
  std::thread thread_;
};

}  // namespace claviger::audit

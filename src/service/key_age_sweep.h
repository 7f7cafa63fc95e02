// Looks through the access keys of all accounts for those that are too old or soon will be: tells of them, and makes
// those Inactive that are to be. directory/key_age.h says which.
//
// A round reads a page of keys at a time and changes one key at a time, each in a batch of its own that carries the
// event of the change with it: a crash leaves every key switched off and told of, or neither. It runs on a thread of
// its own, beside the loops, and holds no snapshot between two pages. Not thread-safe but for the counts.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "audit/trail.h"
#include "base/clock.h"
#include "base/random.h"
#include "directory/directory.h"
#include "service/directories.h"
#include "store/store.h"

namespace claviger::service {

struct KeyAgeMeans {
  store::Store& store;
  const directory::Keys& keys;
  const directory::Quotas& quotas;
  const directory::Catalogue& catalogue;
  const Clock& clock;
  audit::Trail* trail = nullptr;  // Null: there is no audit trail.
  std::function<void(std::string_view)> log = [](std::string_view) {};
};

struct KeyAgeCounts {
  std::uint64_t due_soon = 0;     // Active keys whose time comes within the warning's,
  std::uint64_t overdue = 0;      // and those past it, as the last round found them.
  std::uint64_t deactivated = 0;  // Since the start.
};

class KeyAgeSweep {
 public:
  // REQUIRES: what `means` refers to outlives it.
  KeyAgeSweep(KeyAgeMeans means, std::unique_ptr<Random> random);

  // One look at everything. Stops early once `stopping` says so. What could not be read or changed is logged, and left
  // for the next round.
  void Round(const std::function<bool()>& stopping = [] { return false; });

  [[nodiscard]] KeyAgeCounts counts() const;

 private:
  struct Seen;

  Result<> LookThrough(store::Reader& reader, AccountId account, const std::function<bool()>& stopping, Seen& seen);
  Result<> Deactivate(store::Reader& reader, AccountId account, const std::string& key_id, TimePoint now);
  [[nodiscard]] bool IsTellingDue(const std::string& key_id, TimePoint now) const;
  void Tell(AccountId account, const directory::ListedAccessKey& key, std::string_view user, TimePoint now,
            const directory::KeyAgeJudgement& judgement);

  KeyAgeMeans means_;
  std::unique_ptr<Random> random_;
  Directories directories_;
  std::map<std::string, TimePoint> told_;  // When the log last had a key.
  std::atomic<std::uint64_t> due_soon_{0};
  std::atomic<std::uint64_t> overdue_{0};
  std::atomic<std::uint64_t> deactivated_{0};
};

// Makes rounds for as long as it lives: at once, then every ten minutes.
class KeyAgeService {
 public:
  KeyAgeService(KeyAgeMeans means, std::unique_ptr<Random> random);
  ~KeyAgeService();
  KeyAgeService(const KeyAgeService&) = delete;
  KeyAgeService& operator=(const KeyAgeService&) = delete;

  [[nodiscard]] KeyAgeCounts counts() const { return sweep_.counts(); }

 private:
  void Run();

  const Clock& clock_;
  KeyAgeSweep sweep_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // Last: it uses all of the above.
};

// Counters in Prometheus's text form.
std::string WriteKeyAgeMetrics(const KeyAgeCounts& counts);

}  // namespace claviger::service

// Looks after delegation requests while the server runs, on a thread of its own: lets those that are overdue expire,
// forgets what is long over, and puts each notice for a product provider into a folder, when the administrator names
// one.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "server/config.h"
#include "server/installation.h"

namespace claviger::server {

// Its work, which tests do by hand. Not thread-safe.
class DelegationKeeper {
 public:
  // An empty folder: notices are only kept. REQUIRES: installation and quotas outlive it.
  DelegationKeeper(std::filesystem::path folder, Installation& installation, const directory::Quotas& quotas,
                   Random& random)
      : folder_(std::move(folder)), installation_(installation), quotas_(quotas), random_(random) {}

  // Does all that is due. A notice is delivered once its file is durable, and twice when this is cut short then.
  StartResult<> Round(TimePoint now);

 private:
  StartResult<> Sweep(TimePoint now);
  StartResult<> Deliver();

  std::filesystem::path folder_;
  Installation& installation_;
  const directory::Quotas& quotas_;
  Random& random_;
  std::optional<store::Revision> delivered_;  // All notices of this revision are.
};

class DelegationService {
 public:
  // REQUIRES: what it refers to outlives it.
  DelegationService(const std::filesystem::path& folder, Installation& installation, const directory::Quotas& quotas,
                    const Clock& clock, std::function<void(std::string_view)> log);
  ~DelegationService();
  DelegationService(const DelegationService&) = delete;
  DelegationService& operator=(const DelegationService&) = delete;

 private:
  void Run();

  SystemRandom random_;
  DelegationKeeper keeper_;
  const Clock& clock_;
  std::function<void(std::string_view)> log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

// REQUIRES: as of DelegationService. Errors: the folder cannot be made.
StartResult<std::unique_ptr<DelegationService>> StartDelegation(const Config& config, Installation& installation,
                                                                const directory::Quotas& quotas, const Clock& clock);

}  // namespace claviger::server

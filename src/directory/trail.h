// Trails of an account at rest: what CloudTrail delivers, and where to. One attempt's view; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

struct TrailRecord {
  std::string name;
  std::string bucket;
  std::string prefix;
  std::string home_region;
  TimePoint created;
  bool global_events = true;
  bool multi_region = false;
  bool validation = false;  // Whether digests are written.
  bool logging = false;
  std::optional<TimePoint> started;
  std::optional<TimePoint> stopped;
  std::vector<Tag> tags;
  bool own_selectors = false;  // PutEventSelectors has been called.
  bool reads = true;           // Which management events are delivered.
  bool writes = true;
};

class Trails {
 public:
  explicit Trails(const Context& context) : context_(context) {}

  Result<std::optional<TrailRecord>> Find(std::string_view name);
  // Makes or replaces.
  void Put(const TrailRecord& trail);
  void Remove(std::string_view name);
  // By name.
  Result<std::vector<TrailRecord>> List();

 private:
  Context context_;
};

// "arn:aws:cloudtrail:us-east-1:123456789012:trail/name".
std::string TrailArn(AccountId account, const TrailRecord& trail);

// Those of all accounts, for whoever delivers.
struct AccountTrail {
  AccountId account;
  TrailRecord trail;
};
Result<std::vector<AccountTrail>> ListAllTrails(store::Transaction& transaction);

}  // namespace claviger::directory

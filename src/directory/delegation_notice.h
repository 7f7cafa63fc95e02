// What product providers are told of their delegation requests, at rest: AWS publishes it to their SNS topic, here it
// is handed out by `claviger delegation notices` and as files. A notice is in the batch of the change that it tells of,
// and is kept for a week. One attempt's view.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/secret.h"
#include "directory/context.h"

namespace claviger::directory {

inline constexpr std::chrono::days kDelegationNoticeLife{7};

struct DelegationNotice {
  TimePoint time;          // When it was made.
  std::string message_id;  // A UUID.
  AccountId provider;      // Whom it is for.
  std::string topic;       // The ARN that the request names.
  std::string request_id;
  std::string workflow_id;
  std::string state;  // "ACCEPTED"
  std::string owner_account;
  TimePoint updated;
  // Of the notice that brings the exchange token.
  crypto::Secret exchange_token;
  TimePoint access_expires;
  bool delivered = false;  // As a file.
};

// Its place in the order of all notices.
std::string PositionOf(const DelegationNotice& notice);

// As SNS would deliver it, JSON in one line: "Notification message format" in the IAM User Guide. Holds the token.
std::string ToMessage(const DelegationNotice& notice);

class DelegationNotices {
 public:
  explicit DelegationNotices(const Context& context) : context_(context) {}

  void Put(const DelegationNotice& notice);
  // Behind the position; in the order of their making, at most so many.
  Result<std::vector<DelegationNotice>> List(std::string_view after, std::size_t max);
  // Forgets the oldest whose time is over, at most so many; how many there were.
  Result<std::size_t> Forget(TimePoint now, std::size_t max);

 private:
  Context context_;
};

}  // namespace claviger::directory

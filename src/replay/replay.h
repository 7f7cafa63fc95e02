// What a change of policies would have meant for the requests on record: each is decided twice, in a snapshot as it is
// and in the same with the change. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "audit/journal.h"
#include "aws/account_id.h"
#include "base/clock.h"
#include "replay/judge.h"
#include "replay/sessions.h"

namespace claviger::replay {

struct Scope {
  TimePoint since = TimePoint::min();
  TimePoint until = TimePoint::max();
  std::optional<AccountId> account;  // Whose requests; nullopt: everybody's.
  std::string principal;             // ARN of a user, role or session; empty: everybody.
};

// What the change makes of all requests of a principal that needed an action.
struct Difference {
  Effect effect = Effect::kNone;
  std::string principal;  // The ARN of a user or role, or of the root user; of the role or user behind a session.
  std::string action;
  std::uint64_t count = 0;
  // Of the newest of them.
  TimePoint last;
  std::string event_id;
  std::string resource;
  std::string before;  // What allowed or denied it, for people.
  std::string after;
};

struct Report {
  std::vector<Difference> differences;  // Denials first; then by count, principal and action.
  std::uint64_t requests = 0;           // That were decided, or could not be.
  std::uint64_t newly_denied = 0;
  std::uint64_t newly_allowed = 0;
  std::uint64_t lost_already = 0;                    // Granted then, and denied by the policies of today already.
  std::map<std::string, std::uint64_t> not_decided;  // By the reason, for people.
};

// Called now and then with the time of the event that is looked at.
using Progress = std::function<void(std::uint64_t events, TimePoint time)>;

// Fails when the trail or the store cannot be read.
Expected<Report, std::string> Replay(audit::Journal& journal, Sessions& sessions, Judge& before, Judge& after,
                                     const Scope& scope, const Progress& progress);

}  // namespace claviger::replay

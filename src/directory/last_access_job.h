// Reports on when a user, group, role or policy, or an organization's accounts, last reached a service: made at once,
// kept for a day, read in pages. One attempt's view; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "directory/context.h"
#include "directory/holdings.h"

namespace claviger::directory {

struct LastAccessJob {
  // Somebody whose use counts: the subject itself, the users of a group, whoever a policy is attached to. Of an
  // organization an account: its number is the id, its place in the organization the path.
  struct Entity {
    EntityKind kind = EntityKind::kUser;
    std::string id;
    std::string path;
    std::string name;
  };
  struct Use {
    std::uint32_t entity = 0;  // Index into `entities`.
    TimePoint time;
    std::string region;
  };
  struct Action {
    std::string name;
    std::optional<Use> last;
  };
  struct Service {
    std::string name_space;
    std::vector<Use> uses;        // The last one of each entity that has one.
    std::vector<Action> actions;  // Tracked ones, by name; only when asked for.
  };

  std::string id;      // 36 characters, in the order of their making.
  std::string caller;  // Who may read it: the user id of who asked; empty, of an organization: the account.
  bool by_action = false;
  TimePoint created;
  std::vector<Entity> entities;
  std::vector<Service> services;  // By namespace.
};

class LastAccessJobs {
 public:
  explicit LastAccessJobs(const Context& context) : context_(context) {}

  // A new id for a job of now.
  std::string NewId(TimePoint now);
  // Also forgets jobs that are older than a day, and the oldest of more than a thousand.
  Result<> Insert(const LastAccessJob& job);
  Result<std::optional<LastAccessJob>> Find(std::string_view id);

 private:
  Context context_;
};

}  // namespace claviger::directory

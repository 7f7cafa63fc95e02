// Groups of users at rest. Who is in one is kept on both sides: here for the group's list, and with the user's holdings
// (directory/holdings.h) for decisions. One attempt's view; not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "directory/named.h"
#include "directory/user.h"

namespace claviger::directory {

struct Group {
  std::string id;  // "AGPA..."
  std::string path;
  std::string name;
  TimePoint created;
};

extern template class Named<Group>;

class Groups : public Named<Group> {
 public:
  using Named::Named;

  // Does nothing when the user is a member. LimitExceeded.
  Result<> AddMember(const Group& group, const User& user);
  // Does nothing when the user is no member.
  Result<> RemoveMember(const Group& group, const User& user);
  Result<bool> HasMembers(const Group& group);
  // In the order of their unique ids, from behind `after` on.
  Result<Page<User>> ListMembers(const Group& group, std::string_view after, std::size_t count_max);
  // By name, ignoring case.
  Result<std::vector<Group>> ListOf(const User& user);
};

}  // namespace claviger::directory

// IAM users at rest: users by name, found again by their unique id. One attempt's view; not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "directory/named.h"

namespace claviger::directory {

struct User {
  std::string id;    // "AIDA..."; what keys, groups and policies refer to.
  std::string path;  // "/", "/ops/".
  std::string name;  // As spelled by its maker.
  TimePoint created;
  std::vector<Tag> tags;  // In the order given.
  std::string boundary;   // Unique id of the managed policy that is its permissions boundary; empty: none.
};

extern template class Named<User>;

class Users : public Named<User> {
 public:
  using Named::Named;

  // Also forgets what it used.
  Result<> Remove(const User& user);
};

}  // namespace claviger::directory

// IAM users at rest: users by name, found again by their unique id. One attempt's view; not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "base/clock.h"
#include "directory/context.h"

namespace claviger::directory {

struct User {
  std::string id;    // "AIDA..."; what keys, groups and policies refer to.
  std::string path;  // "/", "/ops/".
  std::string name;  // As spelled by its maker.
  TimePoint created;
  std::vector<Tag> tags;  // In the order given.
};

struct UserPage {
  std::vector<User> users;  // By name, ignoring case.
  bool truncated = false;
};

class Users {
 public:
  explicit Users(const Context& context) : context_(context) {}

  // By name, ignoring case.
  Result<std::optional<User>> Find(std::string_view name);
  // NoSuchEntity.
  Result<User> Get(std::string_view name);
  Result<std::optional<User>> FindById(std::string_view id);
  // EntityAlreadyExists; LimitExceeded.
  Result<> Insert(const User& user);
  // Writes `user` over `stored`, whose unique id it keeps; its name may have changed. EntityAlreadyExists.
  Result<> Replace(const User& stored, const User& user);
  Result<> Remove(const User& user);
  // Users whose path begins with `path_prefix`, from behind the name `after` on (empty: from the start).
  Result<UserPage> List(std::string_view path_prefix, std::string_view after, std::size_t count_max);

 private:
  Context context_;
};

}  // namespace claviger::directory

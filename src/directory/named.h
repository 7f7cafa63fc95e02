// What users, groups, roles and customer managed policies have in common at rest: a name that is unique ignoring case,
// a path, and a unique id that everything else refers to, so that a rename keeps all of it.
// One attempt's view; not thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory/context.h"

namespace claviger::directory {

template <class T>
struct Page {
  std::vector<T> items;
  bool truncated = false;
};

// T has the members id, path and name. The functions are in named_internal.h, instantiated by user.cc, group.cc, ...
template <class T>
class Named {
 public:
  // Whether a list shows an item.
  using Keep = std::function<Result<bool>(const T&)>;

  explicit Named(const Context& context) : context_(context) {}

  // By name, ignoring case.
  Result<std::optional<T>> Find(std::string_view name);
  // NoSuchEntity.
  Result<T> Get(std::string_view name);
  Result<std::optional<T>> FindById(std::string_view id);
  // EntityAlreadyExists; LimitExceeded.
  Result<> Insert(const T& item);
  // Writes `changed` over `stored`, whose unique id it keeps; its name may differ. EntityAlreadyExists.
  Result<> Replace(const T& stored, const T& changed);
  Result<> Remove(const T& item);
  // By name, ignoring case: those whose path begins with `path_prefix` and that `keep` (null: all) keeps, from behind
  // the name `after` on (empty: from the start).
  Result<Page<T>> List(std::string_view path_prefix, std::string_view after, std::size_t count_max,
                       const Keep& keep = {});

 protected:
  Context context_;
};

}  // namespace claviger::directory

// What signing certificates, SSH public keys and service-specific credentials have in common at rest: an id of their
// own, and one owner, a user or the account's root, whose renaming changes nothing here.
// One attempt's view; not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory/context.h"
#include "directory/named.h"

namespace claviger::directory {

// T has the members id, owner, status and created. The functions are in owned_internal.h, instantiated by
// ssh_public_key.cc and its like.
template <class T>
class Owned {
 public:
  explicit Owned(const Context& context) : context_(context) {}

  Result<std::optional<T>> Find(std::string_view id);
  // REQUIRES: no other has its id, and the quota of its owner was looked at.
  void Insert(const T& item);
  // Writes over what was read in this attempt; id and owner stay.
  void Replace(const T& item);
  void Remove(const T& item);
  // Their ids, in order; reads no item.
  Result<std::vector<std::string>> IdsOf(std::string_view owner);
  // In the order of their ids.
  Result<std::vector<T>> ListOf(std::string_view owner);
  // Of the whole account, in the order of their ids, from behind `after` on (empty: from the start).
  Result<Page<T>> ListAll(std::string_view after, std::size_t count_max);

 protected:
  Context context_;
};

}  // namespace claviger::directory

#include "directory/group.h"

#include <algorithm>

#include "directory/holdings.h"
#include "directory/named_internal.h"

namespace claviger::directory {

template <>
struct Kind<Group> {
  static constexpr std::string_view kFolder = "group";

  static Counter Count(const Context& context) {
    return {.what = "groups", .quota_name = "GroupsPerAccount", .max = context.quotas.groups_per_account};
  }
  static std::string Missing(std::string_view name) {
    return "The group with name " + std::string(name) + " cannot be found.";
  }
  static std::string Existing(std::string_view name) {
    return "Group with name " + std::string(name) + " already exists.";
  }
  static void EncodeOwn(const Group&, codec::RecordWriter&) {}
  static void DecodeOwn(const codec::RecordField&, Group&) {}
};

template class Named<Group>;

Result<> Groups::AddMember(const Group& group, const User& user) {
  AllHoldings all(context_);
  Holdings holdings = TRY(all.Get(user.id));
  if (std::ranges::find(holdings.groups, group.id) != holdings.groups.end()) return {};
  const std::uint64_t quota = context_.quotas.groups_per_user;
  if (holdings.groups.size() >= quota) return QuotaExceeded("GroupsPerUser", quota);
  holdings.groups.push_back(group.id);
  all.Put(user.id, holdings);
  context_.transaction.Put(keyspace::Member(context_.account, group.id, user.id), "");
  return {};
}

Result<> Groups::RemoveMember(const Group& group, const User& user) {
  AllHoldings all(context_);
  Holdings holdings = TRY(all.Get(user.id));
  if (std::erase(holdings.groups, group.id) == 0) return {};
  all.Put(user.id, holdings);
  context_.transaction.Delete(keyspace::Member(context_.account, group.id, user.id));
  return {};
}

Result<bool> Groups::HasMembers(const Group& group) {
  bool found = false;
  TRY(FromStore(context_.transaction.Scan(keyspace::Members(context_.account, group.id), "",
                                          [&](std::string_view, const store::Entry&) {
                                            found = true;
                                            return false;
                                          })));
  return found;
}

Result<Page<User>> Groups::ListMembers(const Group& group, std::string_view after, std::size_t count_max) {
  const std::string prefix = keyspace::Members(context_.account, group.id);
  const std::string start = after.empty() ? std::string() : prefix + std::string(after);
  Users users(context_);
  Page<User> page;
  std::vector<std::string> ids;
  TRY(FromStore(context_.transaction.Scan(prefix, start, [&](std::string_view key, const store::Entry&) {
    page.truncated = ids.size() == count_max;
    if (!page.truncated) ids.emplace_back(key.substr(prefix.size()));
    return !page.truncated;
  })));
  for (const std::string& id : ids) {
    auto user = TRY(users.FindById(id));
    if (!user) return Corrupt(keyspace::Member(context_.account, group.id, id));
    page.items.push_back(std::move(*user));
  }
  return page;
}

Result<std::vector<Group>> Groups::ListOf(const User& user) {
  const Holdings holdings = TRY(AllHoldings(context_).Get(user.id));
  std::vector<Group> groups;
  for (const std::string& id : holdings.groups) {
    auto group = TRY(FindById(id));
    if (!group) return Corrupt(keyspace::Holdings(context_.account, user.id));
    groups.push_back(std::move(*group));
  }
  std::ranges::sort(groups, {}, [](const Group& group) { return AsciiLower(group.name); });
  return groups;
}

}  // namespace claviger::directory

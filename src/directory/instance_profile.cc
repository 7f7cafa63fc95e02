#include "directory/instance_profile.h"

#include <algorithm>

#include "directory/named_internal.h"

namespace claviger::directory {

template <>
struct Kind<InstanceProfile> {
  static constexpr std::string_view kFolder = "instance-profile";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kRole = kFirstOwn };

  static Counter Count(const Context& context) {
    return {.what = "instance-profiles",
            .quota_name = "InstanceProfilesPerAccount",
            .max = context.quotas.instance_profiles_per_account};
  }
  static std::string Missing(std::string_view name) {
    return "Instance Profile " + std::string(name) + " cannot be found.";
  }
  static std::string Existing(std::string_view name) {
    return "Instance Profile " + std::string(name) + " already exists.";
  }
  static void EncodeOwn(const InstanceProfile& profile, codec::RecordWriter& writer) {
    writer.BytesUnlessEmpty(kRole, profile.role);
  }
  static void DecodeOwn(const codec::RecordField& field, InstanceProfile& profile) {
    if (field.number == kRole) profile.role = field.Text();
  }
};

template class Named<InstanceProfile>;

namespace {

constexpr std::uint64_t kRolesPerProfile = 1;  // No account can have more.

}  // namespace

Result<> InstanceProfiles::AddRole(const InstanceProfile& profile, std::string_view role) {
  if (!profile.role.empty()) return QuotaExceeded("InstanceSessionsPerInstanceProfile", kRolesPerProfile);
  const std::uint64_t quota = context_.quotas.instance_profiles_per_role;
  if (TRY(ListOf(role)).size() >= quota) return QuotaExceeded("InstanceProfilesPerRole", quota);
  InstanceProfile changed = profile;
  changed.role = role;
  TRY(Replace(profile, changed));
  context_.transaction.Put(keyspace::RoleProfile(context_.account, role, profile.id), "");
  return {};
}

Result<> InstanceProfiles::RemoveRole(const InstanceProfile& profile) {
  InstanceProfile changed = profile;
  changed.role.clear();
  context_.transaction.Delete(keyspace::RoleProfile(context_.account, profile.role, profile.id));
  return Replace(profile, changed);
}

Result<std::vector<InstanceProfile>> InstanceProfiles::ListOf(std::string_view role) {
  const std::string prefix = keyspace::RoleProfiles(context_.account, role);
  std::vector<std::string> ids;
  TRY(FromStore(context_.transaction.Scan(prefix, "", [&](std::string_view key, const store::Entry&) {
    ids.emplace_back(key.substr(prefix.size()));
    return true;
  })));
  std::vector<InstanceProfile> profiles;
  for (const std::string& id : ids) {
    auto profile = TRY(FindById(id));
    if (!profile) return Corrupt(keyspace::RoleProfile(context_.account, role, id));
    profiles.push_back(std::move(*profile));
  }
  std::ranges::sort(profiles, {}, [](const InstanceProfile& profile) { return AsciiLower(profile.name); });
  return profiles;
}

}  // namespace claviger::directory

#include "directory/role.h"

#include <limits>

#include "directory/action_use.h"
#include "directory/named_internal.h"

namespace claviger::directory {

template <>
struct Kind<Role> {
  static constexpr std::string_view kFolder = "role";

  // Stored, never renumber: docs/internals/directory.md.
  enum Field : unsigned { kBoundary = kFirstOwn, kDescription = 7, kMaxSessionSeconds = 8, kTrustPolicy = 9 };

  static Counter Count(const Context& context) {
    return {.what = "roles", .quota_name = "RolesPerAccount", .max = context.quotas.roles_per_account};
  }
  static std::string Missing(std::string_view name) {
    return "The role with name " + std::string(name) + " cannot be found.";
  }
  static std::string Existing(std::string_view name) {
    return "Role with name " + std::string(name) + " already exists.";
  }
  static void EncodeOwn(const Role& role, codec::RecordWriter& writer) {
    writer.BytesUnlessEmpty(kBoundary, role.boundary)
        .BytesUnlessEmpty(kDescription, role.description)
        .Number(kMaxSessionSeconds, static_cast<std::uint64_t>(role.max_session.count()))
        .Bytes(kTrustPolicy, role.trust_policy);
  }
  static void DecodeOwn(const codec::RecordField& field, Role& role) {
    if (field.number == kBoundary) role.boundary = field.Text();
    if (field.number == kDescription) role.description = field.Text();
    if (field.number == kMaxSessionSeconds) role.max_session = std::chrono::seconds(field.value);
    if (field.number == kTrustPolicy) role.trust_policy = field.Text();
  }
};

template class Named<Role>;

namespace {

enum UseField : unsigned { kTime = 1, kRegion = 2 };  // Stored, never renumber.

}  // namespace

Result<std::optional<RoleUse>> Roles::FindUse(std::string_view id) {
  const std::string at = keyspace::RoleUse(context_.account, id);
  const auto entry = TRY(FromStore(context_.transaction.Get(at)));
  if (!entry) return std::optional<RoleUse>();
  RoleUse use;
  codec::RecordReader reader(entry->value, kNamedVersion);
  while (const auto field = reader.Next()) {
    if (field->number == kTime) use.time = field->Time();
    if (field->number == kRegion) use.region = field->Text();
  }
  if (!reader.ok()) return Corrupt(at);
  return std::optional(std::move(use));
}

Result<> Roles::RecordUse(std::string_view id, const RoleUse& use) {
  // By the index alone: a role that changes meanwhile is the same role.
  if (!TRY(FromStore(context_.transaction.Get(keyspace::NameOf(context_.account, Kind<Role>::kFolder, id))))) return {};
  context_.transaction.Put(keyspace::RoleUse(context_.account, id),
                           codec::RecordWriter(kNamedVersion).Time(kTime, use.time).Bytes(kRegion, use.region).Take());
  return {};
}

Result<> Roles::InsertServiceLinked(const Role& role) {
  Quotas quotas = context_.quotas;
  quotas.roles_per_account = std::numeric_limits<std::uint64_t>::max();
  return Roles({.transaction = context_.transaction,
                .account = context_.account,
                .keys = context_.keys,
                .quotas = quotas,
                .random = context_.random,
                .catalogue = context_.catalogue,
                .services = context_.services})
      .Insert(role);
}

Result<> Roles::Remove(const Role& role) {
  context_.transaction.Delete(keyspace::RoleUse(context_.account, role.id));
  TRY(ActionUses(context_).Forget(role.id));
  return Named::Remove(role);
}

}  // namespace claviger::directory

#include "service/organization_entity.h"

#include <utility>

namespace claviger::service {

std::string_view TypeOfOrganizationId(std::string_view id) {
  if (id.starts_with("ou-")) return "organizationalunit";
  if (id.starts_with("r-")) return "root";
  if (id.starts_with("p-")) return "policy";
  if (id.starts_with("h-")) return "handshake";
  if (id.starts_with("rp-")) return "resourcepolicy";
  if (id.starts_with("rt-")) return "responsibilitytransfer";
  return "account";
}

Result<std::optional<Entity>> FindOrganizationEntity(const directory::Context& context, AccountId management,
                                                     std::string_view id) {
  directory::OrganizationDirectory directory(context, management);
  const auto entity = [&](auto& found) {
    return std::optional(Entity{.name = std::string(id), .tags = std::move(found.tags)});
  };
  const std::string_view type = TypeOfOrganizationId(id);
  if (type == "root") {
    auto organization = TRY(directory.Find());
    if (organization && organization->root_id == id) {
      return std::optional(Entity{.name = std::string(id), .tags = std::move(organization->root_tags)});
    }
  } else if (type == "organizationalunit") {
    if (auto unit = TRY(directory.units.Find(id))) return entity(*unit);
  } else if (type == "account") {
    if (auto account = TRY(directory.accounts.Find(id))) return entity(*account);
  } else if (type == "policy") {
    auto policy = TRY(directory::ControlAttachments(directory).FindPolicy(id));
    if (!policy) return std::optional<Entity>();
    auto found = entity(*policy);
    found->policy_type = directory::TypeInArn(policy->type);
    found->aws_managed = policy->aws_managed;
    return found;
  }
  return std::optional<Entity>();
}

}  // namespace claviger::service

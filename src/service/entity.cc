#include "service/entity.h"

#include <utility>

#include "directory/delegation_request.h"

namespace claviger::service {
namespace {

// The ARN of a managed policy by its unique id; empty for none.
Result<std::string> ArnOfPolicy(directory::Directory& directory, const std::string& policy_id) {
  if (policy_id.empty()) return std::string();
  const auto policy = TRY(directory.policies.FindAnyById(policy_id));
  return policy ? directory.policies.ArnOf(*policy) : std::string();
}

}  // namespace

Result<std::optional<Entity>> FindEntity(directory::Directory& directory, std::string_view type,
                                         std::string_view name) {
  Entity entity;
  const auto take = [&entity](auto& stored) {
    entity.path = std::move(stored.path);
    entity.name = std::move(stored.name);
    if constexpr (requires { stored.tags; }) entity.tags = std::move(stored.tags);
  };
  if (type == "user") {
    auto user = TRY(directory.users.Find(name));
    if (!user) return std::optional<Entity>();
    take(*user);
    entity.boundary_arn = TRY(ArnOfPolicy(directory, user->boundary));
  } else if (type == "role") {
    auto role = TRY(directory.roles.Find(name));
    if (!role) return std::optional<Entity>();
    take(*role);
    entity.boundary_arn = TRY(ArnOfPolicy(directory, role->boundary));
    entity.trust_policy = std::move(role->trust_policy);
  } else if (type == "group") {
    auto group = TRY(directory.groups.Find(name));
    if (!group) return std::optional<Entity>();
    take(*group);
  } else if (type == "policy") {
    auto policy = TRY(directory.policies.Find(name));
    if (!policy) return std::optional<Entity>();
    take(*policy);
  } else if (type == "mfa") {
    auto device = TRY(directory.mfa_devices.Find(name));
    if (!device) return std::optional<Entity>();
    take(*device);
  } else if (type == "server-certificate") {
    auto certificate = TRY(directory.server_certificates.Find(name));
    if (!certificate) return std::optional<Entity>();
    take(*certificate);
  } else if (type == "oidc-provider") {
    auto provider = TRY(directory.oidc_providers.Find(name));
    if (!provider) return std::optional<Entity>();
    take(*provider);
  } else if (type == "saml-provider") {
    auto provider = TRY(directory.saml_providers.Find(name));
    if (!provider) return std::optional<Entity>();
    take(*provider);
  } else if (type == "instance-profile") {
    auto profile = TRY(directory.instance_profiles.Find(name));
    if (!profile) return std::optional<Entity>();
    take(*profile);
  } else if (type == "delegation-request") {
    // Its state decides nothing here: how it stands by now is the operation's to see.
    auto request = TRY(directory::DelegationRequests(directory.context).Find(name, TimePoint()));
    if (!request || !request->IsVisibleTo(directory.context.account)) return std::optional<Entity>();
    entity.name = std::move(request->id);
    entity.owner_arn = std::move(request->owner_arn);
    entity.owner_user_id = std::move(request->owner_user_id);
  } else {
    return std::optional<Entity>();
  }
  return std::optional(std::move(entity));
}

}  // namespace claviger::service

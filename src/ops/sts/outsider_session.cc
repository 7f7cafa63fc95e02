#include "ops/sts/outsider_session.h"

#include <utility>
#include <vector>

#include "ops/sts/session_tags.h"

namespace claviger::ops::sts {

Failure<Error> NotAuthorized(std::string_view action) {
  return Fail(ErrorCode::kAccessDenied, "Not authorized to perform " + std::string(action));
}

Result<session::Session> SessionOfOutsider(const OperationContext& context, const RoleAtHome& found,
                                           const Outsider& outsider, std::string name, std::chrono::seconds duration) {
  session::Session session = SessionOfRole(context, found, std::move(name), duration);
  std::vector<gen::sts::Tag> tags;
  for (const Tag& tag : outsider.tags) tags.push_back({.key = tag.key, .value = tag.value});
  session.tags = TRY(SessionTags(context.caller, tags, outsider.transitive_tag_keys));
  session.source_identity = outsider.source_identity;
  session.federated_provider = outsider.provider;
  for (const IdentityKey& key : outsider.keys) {
    if (key.stays) session.identity_keys.emplace_back(key.name, key.values.front());
  }
  return session;
}

}  // namespace claviger::ops::sts

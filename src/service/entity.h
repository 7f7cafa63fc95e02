// The entity behind the resource of a request: its real name and path, tags and boundary.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/tag.h"
#include "directory/directory.h"

namespace claviger::service {

struct Entity {
  std::string path = "/";
  std::string name;
  std::vector<Tag> tags;
  std::string boundary_arn;  // Of its permissions boundary; empty when it has none.
  std::string trust_policy;  // Of a role.
  std::string policy_type;   // Of an organization's policy, as its ARN has it: "service_control_policy".
  bool aws_managed = false;  // Such a policy is AWS's.
  // Of a delegation request, when it has an owner.
  std::string owner_arn;
  std::string owner_user_id;  // As Caller::user_id.
};

// The entity of this resource type ("user", "role") and name; nullopt when there is none.
Result<std::optional<Entity>> FindEntity(directory::Directory& directory, std::string_view type, std::string_view name);

}  // namespace claviger::service

// Tags of users, roles, managed policies, instance profiles, server certificates and identity providers: TagUser,
// UntagUser, ListUserTags and the same for the others.
// Source: "Rules for tagging in IAM and AWS STS" in the IAM User Guide; the texts are recorded answers.
#pragma once

#include <optional>
#include <vector>

#include "aws/tag.h"
#include "gen/iam/types.h"
#include "ops/operations.h"

namespace claviger::ops::iam {

// Whether keys that differ in letter case only are the same key: they are for users and roles.
enum class TagKeys { kIgnoreCase, kExact };

// The tags of a request. Errors: InvalidInput for a key that stands there twice or is reserved.
Result<std::vector<Tag>> TagsFromApi(const std::vector<gen::iam::Tag>& api, TagKeys keys);
Result<std::vector<Tag>> TagsFromApi(const std::optional<std::vector<gen::iam::Tag>>& api, TagKeys keys);

void RegisterTagOperations(Operations& operations);

}  // namespace claviger::ops::iam

// Tags of trails: AddTags, RemoveTags, ListTags.
#pragma once

#include <optional>
#include <vector>

#include "aws/tag.h"
#include "gen/cloudtrail/types.h"
#include "ops/operations.h"

namespace claviger::ops::cloudtrail {

// The tags of a request. Errors: InvalidTagParameterException for a key that stands there twice or is reserved.
Result<std::vector<Tag>> TagsFromApi(const std::optional<std::vector<gen::cloudtrail::Tag>>& api);

void RegisterTagOperations(Operations& operations);

}  // namespace claviger::ops::cloudtrail

// Tags of accounts, units, roots and policies: TagResource, UntagResource, ListTagsForResource.
#pragma once

#include <optional>
#include <vector>

#include "aws/tag.h"
#include "gen/organizations/types.h"
#include "ops/operations.h"

namespace claviger::ops::organizations {

// The tags of a request to make something. Errors: InvalidInputException for a key that stands there twice or is
// reserved; ConstraintViolationException for too many.
Result<std::vector<Tag>> TagsFromApi(const OperationContext& context,
                                     const std::optional<std::vector<gen::organizations::Tag>>& api);

void RegisterTagOperations(Operations& operations);

}  // namespace claviger::ops::organizations

// Session tags of a request, and those that a session inherits.
// Source: "Passing session tags in AWS STS" in the IAM User Guide; the texts are recorded answers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gen/sts/types.h"
#include "ops/context.h"
#include "session/token.h"

namespace claviger::ops::sts {

// The tags of the new session: the caller's transitive ones, which stay transitive, then the request's. Keys are
// compared ignoring case. Errors: InvalidParameterValue for a key that stands there twice, is reserved, would replace
// an inherited one, or is to be transitive and not among the tags.
Result<std::vector<session::SessionTag>> SessionTags(
    const Caller& caller, const std::optional<std::vector<gen::sts::Tag>>& tags,
    const std::optional<std::vector<std::string>>& transitive_keys = std::nullopt);

}  // namespace claviger::ops::sts

// Session policies of a request, and how much of a token they and its tags take.
//
// AWS packs both into a form of its own and tells how full it is in percent. Ours: the fuller of two measures. Policies
// may have 2048 characters: the inline document without white space, and the ARNs. Policies and tags together may have
// 4096 bytes: the document as it is sealed, the ARNs, and keys and values of tags with two bytes more for each.
// Source: "Session policies" in the IAM User Guide; docs/deviations.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gen/sts/types.h"
#include "ops/context.h"
#include "session/token.h"

namespace claviger::ops::sts {

inline constexpr std::size_t kPolicyArnsMax = 10;
inline constexpr std::size_t kPackedBytesMax = 4096;

using PolicyArns = std::optional<std::vector<gen::sts::PolicyDescriptorType>>;

// Puts the policies of a request into `session`, whose tags are there already, and returns how full that makes it, in
// percent. `owner` is the account whose policies the ARNs are: that of the role, or of the user who federates.
// Errors: MalformedPolicyDocument; PackedPolicyTooLarge; ValidationError for an ARN that is none, one of no policy of
// the account or AWS, or too many of them.
Result<std::int32_t> AddSessionPolicies(const directory::Context& owner, const std::optional<std::string>& document,
                                        const PolicyArns& arns, session::Session& session);

}  // namespace claviger::ops::sts

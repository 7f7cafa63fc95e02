// Managed policies by their ARN and documents by their text, each refused in the words of the operation that asks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "directory/holdings.h"
#include "directory/policy.h"
#include "ops/context.h"
#include "policy/parse.h"

namespace claviger::ops::iam {

// To attach, to list who has it, to read its versions. Errors: NoSuchEntity `... does not exist or is not attachable.`
Result<directory::Policy> GetAttachablePolicy(OperationContext& context, std::string_view arn);
// To delete, tag and untag. Errors: NoSuchEntity `... was not found.`
Result<directory::Policy> GetKnownPolicy(OperationContext& context, std::string_view arn);
Failure<Error> PolicyNotFound(std::string_view arn);
Failure<Error> PolicyNotAttachable(std::string_view arn);

// `what` completes "Cannot ... policies outside your own account.": "delete", "create policy versions for".
// Errors: AccessDenied for a policy of AWS or another account.
Result<> CheckOwnPolicy(const OperationContext& context, std::string_view arn, std::string_view what);

// PolicyNotAttachable for a policy of AWS that is for service-linked roles or the tasks of AssumeRoot alone.
Result<> CheckNotReserved(const directory::Policy& policy, directory::EntityKind kind);

// The unique id of the policy that shall be the permissions boundary of a user or role; empty when none is asked for.
// Errors: InvalidInput for what is no policy's ARN, NoSuchEntity, PolicyNotAttachable.
Result<std::string> BoundaryId(OperationContext& context, const std::optional<std::string>& arn,
                               directory::EntityKind kind);

// Errors: MalformedPolicyDocument in AWS's words.
Result<std::shared_ptr<const policy::Document>> ParseDocument(std::string_view text, policy::Kind kind);

}  // namespace claviger::ops::iam

// The user, group or role whose policies a request is about, by its ARN.
#pragma once

#include <string>
#include <vector>

#include "aws/tag.h"
#include "directory/principal_policies.h"
#include "ops/context.h"

namespace claviger::ops::iam {

struct PolicyHolder {
  directory::Entity entity;
  std::vector<Tag> tags;                  // Of users and roles.
  directory::PrincipalPolicies policies;  // A user's include those of its groups.
};

// Errors: InvalidInput for what is no such ARN; NoSuchEntity `Unable to retrieve specified IAM entity.`, also for one
// of another account.
Result<PolicyHolder> GetPolicyHolder(OperationContext& context, const std::string& arn);

// InvalidInput `Invalid ARN provided in the request: ...`
Failure<Error> InvalidArn(const std::string& arn);

}  // namespace claviger::ops::iam

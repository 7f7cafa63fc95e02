// AssumeRoot: temporary credentials of the root user of a member account, for one task.
// Source: "Centrally manage root access for member accounts" in the IAM User Guide, and recorded answers.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterAssumeRootOperations(Operations& operations);

}  // namespace claviger::ops::sts

// Trails: CreateTrail, UpdateTrail, StartLogging and their like. A bucket is a folder of the administrator's.
#pragma once

#include "directory/trail.h"
#include "ops/operations.h"

namespace claviger::ops::cloudtrail {

// The trail of this name or ARN.
// Errors: CloudTrailARNInvalidException, InvalidTrailNameException, TrailNotFoundException.
Result<directory::TrailRecord> GetTrailOf(OperationContext& context, const std::string& name_or_arn);

void RegisterTrailOperations(Operations& operations);

}  // namespace claviger::ops::cloudtrail

// When services were last used by whom: GenerateServiceLastAccessedDetails, GetServiceLastAccessedDetails,
// GetServiceLastAccessedDetailsWithEntities.
// Source: "Refine permissions using last accessed information" in the IAM User Guide.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterLastAccessedOperations(Operations& operations);

}  // namespace claviger::ops::iam

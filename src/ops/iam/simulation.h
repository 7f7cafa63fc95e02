// SimulateCustomPolicy and SimulatePrincipalPolicy: what the evaluator would say to requests that nobody makes.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::iam {

void RegisterSimulationOperations(Operations& operations);

}  // namespace claviger::ops::iam

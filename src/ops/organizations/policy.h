// Control policies: Create-, Update-, Describe-, Delete- and ListPolicies, EnablePolicyType, DisablePolicyType.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::organizations {

void RegisterPolicyOperations(Operations& operations);

}  // namespace claviger::ops::organizations

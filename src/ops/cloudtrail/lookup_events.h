// LookupEvents and ListPublicKeys: what happened, and the keys that prove its log files.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::cloudtrail {

void RegisterLookupOperations(Operations& operations);

}  // namespace claviger::ops::cloudtrail

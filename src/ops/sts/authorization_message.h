// DecodeAuthorizationMessage: why a request was denied, for those who may know.
#pragma once

#include "ops/operations.h"

namespace claviger::ops::sts {

void RegisterAuthorizationMessageOperations(Operations& operations);

}  // namespace claviger::ops::sts

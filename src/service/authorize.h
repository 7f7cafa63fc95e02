// May this caller do that? Denies whatever no rule allows.
#pragma once

#include "aws/caller.h"
#include "aws/error.h"
#include "aws/shape.h"

namespace claviger::service {

// `request` points to the operation's decoded Request.
// Errors: AccessDenied; InvalidClientTokenId where AWS refuses the kind of credentials as such.
Result<> Authorize(const Caller& caller, const OperationInfo& operation, const void* request);

}  // namespace claviger::service

// Whether the caller may all that a delegation request asks for: the permission check of GetDelegationRequest.
//
// Told from the policies that bear on the caller, as far as policies tell it without a request: what depends on
// conditions, on variables or on patterns that fit only in part is UNSURE. Patterns of actions are taken apart into the
// actions of the service, where the service catalogue knows it.
#pragma once

#include <string_view>

#include "lint/coverage.h"
#include "ops/context.h"
#include "policy/document.h"

namespace claviger::ops::iam {

std::string_view NameOf(lint::Coverage coverage);  // "ALLOWED"

// Errors: those of the store; PolicyEvaluation for a stored policy that cannot be read.
Result<lint::Coverage> CheckDelegation(OperationContext& context, const policy::Document& wanted);

}  // namespace claviger::ops::iam

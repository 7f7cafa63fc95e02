// The default permissions of a delegation request: whoever takes it on may look at it, associate it and, as its owner,
// see it through, but not accept it, without any policy that says so. That is as if one more identity policy did, which
// whatever narrows still narrows. Source: "Managing permissions for delegation requests" in the IAM User Guide.
#pragma once

#include <string_view>

#include "authz/compiled_set.h"
#include "aws/caller.h"
#include "service/resource.h"

namespace claviger::service {

// Those that the caller has for this request; null when it has none. `asked_owner`: of ListDelegationRequests, whose
// requests are asked for.
const authz::CompiledSet* DelegationDefaults(const Caller& caller, const Resource& resource,
                                             std::string_view asked_owner);

}  // namespace claviger::service

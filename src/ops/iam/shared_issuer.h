// Trust policies about issuers that everybody shares: whoever trusts one must say whose identities there are meant, or
// a stranger's job at the same CI service could assume the role. Source: "Identity-provider controls for shared OIDC
// providers" in the IAM User Guide. Pure.
#pragma once

#include "aws/error.h"
#include "policy/document.h"

namespace claviger::ops::iam {

// Errors: MalformedPolicyDocument for a statement that lets any identity of such an issuer assume the role.
Result<> CheckSharedIssuers(const policy::Document& trust_policy);

}  // namespace claviger::ops::iam

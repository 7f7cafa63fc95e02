// The reasons of a denial as DecodeAuthorizationMessage shows them: JSON of the decision, the statement behind it and
// the request's context, sealed. The form is documented at DecodeAuthorizationMessage in the STS API reference.
#pragma once

#include <string>

#include "authz/evaluate.h"
#include "aws/caller.h"
#include "base/random.h"
#include "crypto/keyring.h"

namespace claviger::service {

// The JSON. Names of condition keys are in lower case. It is never longer than an encoded message can hold: values are
// cut, and conditions left out at the end, where it would be.
std::string AuthorizationText(const authz::Verdict& verdict, const authz::RequestContext& context,
                              const Caller& caller);

// The same, encoded for the caller's account.
std::string SealAuthorizationMessage(const authz::Verdict& verdict, const authz::RequestContext& context,
                                     const Caller& caller, const crypto::Keyring& keys, Random& random);

}  // namespace claviger::service

// A document as JSON again, always in the same form: no white space, members in AWS's usual order, lists as lists.
// Pure. Parsing the result gives an equal document. (Stored documents are kept as submitted; this is for comparing.)
#pragma once

#include <string>

#include "policy/document.h"

namespace claviger::policy {

std::string Print(const Document& document);

// The word used inside a Principal object: "AWS", "Service", "Federated" or "CanonicalUser".
std::string_view PrincipalKindName(PrincipalKind kind);

}  // namespace claviger::policy

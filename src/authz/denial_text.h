// AWS's AccessDenied message for a verdict. Pure. The texts are wire constants: clients compare them.
// Source: "Troubleshoot access denied error messages" in the IAM User Guide, and recorded answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "authz/evaluate.h"

namespace claviger::authz {

struct Denial {
  std::string_view principal_arn;  // Of a role: the session's ARN. Empty: anonymous.
  std::string_view action;         // As AWS spells it: "iam:GetUser".
  std::string_view resource;       // As the operation words it, often not an ARN ("user bob"). Empty: left out.
};

enum class DenialReason : std::uint8_t {
  kGiven,
  // STS answers AssumeRole without saying why, unless a policy denies explicitly.
  kOnlyIfExplicit,
};

// "User: ... is not authorized to perform: ... on resource: ... because no identity-based policy allows the ...
// action". An explicit denial in a managed policy names it. REQUIRES: the verdict is not kAllowed.
std::string DenialText(const Verdict& verdict, const Denial& denial, DenialReason reason = DenialReason::kGiven);

}  // namespace claviger::authz

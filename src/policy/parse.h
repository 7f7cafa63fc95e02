// From a policy's text to a Document, with AWS's checks for the place where the policy is to stand. Pure.
// Message texts and the order of checks are AWS's, recorded from the live service where it was possible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "aws/error.h"
#include "base/result.h"
#include "policy/document.h"

namespace claviger::policy {

// What a policy is for decides which elements it must and may not have.
enum class Kind : std::uint8_t {
  kAny,       // The grammar alone: AWS managed policies, simulation input, tests.
  kManaged,   // A customer managed policy; also what a permissions boundary is made of.
  kInline,    // Of a user, group or role.
  kSession,   // Passed to AssumeRole and its relatives.
  kTrust,     // Who may assume a role.
  kResource,  // Attached to any other resource.
  kServiceControl,
  kResourceControl,
};

struct PolicyError {
  std::string message;  // AWS's text, for MalformedPolicyDocument.
  std::string reason;   // What exactly is wrong, for people: one short clause.
  Position position;    // Where.
};

template <class T = void>
using PolicyResult = Expected<T, PolicyError>;

// Errors: the first of AWS's checks that fails. Sizes by kind are the caller's to check (policy/limits.h); text beyond
// kDocumentBytesMax is refused here, unread.
PolicyResult<std::shared_ptr<const Document>> Parse(std::string_view text, Kind kind);

// The MalformedPolicyDocument error to answer with.
Error ToError(PolicyError error);

}  // namespace claviger::policy

// Holds a request against the constraints of the model, with the texts that AWS's clients know.
// Pure; safe from any thread.
//
// - All violated constraints are named in one message, ordered as the tables say (see validation_order in aws/shape.h);
// those
//   of one value: pattern, then minimum, then maximum.
// - Lengths of strings are counted in UTF-16 code units: the services are Java programs and count String.length(). A
//   character beyond U+FFFF counts twice.
// - A list of scalars is reported as a whole, with all constraints of its elements in brackets; a list of structures
// member
//   by member, as 'tags.1.member.key'. Of a list that is too long only that is reported.
// - In ValidationStyle::kReason only the first violated constraint counts, and only its kind is told:
//   InvalidInputException with a reason such as INVALID_PATTERN.
// - Where a service checks a member by hand (MemberCheck), the model's pattern isn't applied to it; the first such
// check that
//   fails is the message, and only once all constraints are met.
#pragma once

#include <compare>
#include <vector>

#include "aws/error.h"
#include "aws/shape.h"

namespace claviger::wire {

// A required member whose field holds nothing, since none was sent. `structure` is the struct it is missing from.
struct MissingMember {
  const void* structure;
  const Member* member;

  // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm of clang-tidy 14 about the defaulted operator.
  auto operator<=>(const MissingMember&) const = default;
};

// Checks the struct at `request`. Errors: ValidationError; InvalidInputException in ValidationStyle::kReason.
Result<> Validate(const Shape& request_shape, ValidationStyle style, const void* request,
                  std::vector<MissingMember> missing);

}  // namespace claviger::wire

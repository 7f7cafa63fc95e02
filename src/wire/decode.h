// Reads a Query request: form parameters into the operation's request struct, held against the model's constraints.
// Pure; safe from any thread. Written once, over the tables of aws/shape.h.
//
// Rules of the classic Query protocol, which both services keep to:
// - A member of a nested structure is `Outer.Inner`, an element of a list `Tags.member.3`, a member of that
//   `Tags.member.3.Key`. Elements are taken in the order of their numbers; gaps don't matter.
// - `Tags=` with an empty value is a list that is there but empty: so SDKs send one.
// - Parameters that the operation doesn't know are ignored; of one that occurs more than once the first counts, the
// query
//   string before the body.
#pragma once

#include <string_view>

#include "aws/error.h"
#include "aws/shape.h"
#include "codec/form.h"

namespace claviger::wire {

// Reads the parameters of a request, wherever they stand, within the limits of wire/limits.h.
// Errors: MalformedQueryString, RequestEntityTooLarge.
Result<codec::Form> ParseForm(std::string_view query, std::string_view body);

// Fills the default-made struct at `request`, which `request_shape` describes.
// Errors: MalformedInput (with an empty message, as AWS has it) for what isn't a number, boolean, time or base64;
// ValidationError for violated constraints, see wire/validate.h. `request` is then only fit for being destroyed.
Result<> Decode(const codec::Form& form, const Shape& request_shape, ValidationStyle style, void* request);

// The request of a known operation: Decode<gen::iam::api::CreateUser>(form).
template <class Operation>
Result<typename Operation::Request> Decode(const codec::Form& form) {
  const OperationInfo& info = Operation::Info();
  typename Operation::Request request;
  TRY(Decode(form, *info.request, info.service->validation_style, &request));
  return request;
}

}  // namespace claviger::wire

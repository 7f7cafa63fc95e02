// Reads a request in AWS JSON 1.1: its body into the operation's request struct, held against the model's constraints.
// Pure; safe from any thread. Written once, over the tables of aws/shape.h, as wire/decode.h is for forms.
//
// - Members that the operation doesn't know are ignored, `null` is as good as left out, and so is an empty body.
// - Timestamps are seconds since 1970, with a fraction if need be; blobs are base64.
// - Where a whole number is asked for, what stands behind the decimal point is dropped.
#pragma once

#include <string_view>

#include "aws/error.h"
#include "aws/shape.h"

namespace claviger::wire {

// Fills the default-made struct at `request`, which `request_shape` describes.
// Errors: RequestEntityTooLarge beyond the limits of wire/limits.h; MalformedInput for what isn't JSON, or of another
// type than the member; those of wire/validate.h. `request` is then only fit for being destroyed.
Result<> DecodeJson(std::string_view body, const Shape& request_shape, ValidationStyle style, void* request);

// The request of a known operation: DecodeJson<gen::organizations::api::ListRoots>(body).
template <class Operation>
Result<typename Operation::Request> DecodeJson(std::string_view body) {
  const OperationInfo& info = Operation::Info();
  typename Operation::Request request;
  TRY(DecodeJson(body, *info.request, info.service->validation_style, &request));
  return request;
}

}  // namespace claviger::wire

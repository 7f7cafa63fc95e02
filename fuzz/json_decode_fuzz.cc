// Every operation's request decodes from any body in JSON, or is refused with one of the errors for that; either way
// the answer can be written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wire/encode.h"
#include "wire/json_decode.h"
#include "wire/operation.h"

namespace {

const claviger::OperationInfo& Pick(std::size_t position) {
  static const auto kOperations = [] {
    std::vector<const claviger::OperationInfo*> all;
    for (const claviger::ServiceInfo* service : claviger::wire::Services()) {
      if (!service->SpeaksJson()) continue;
      for (const claviger::OperationInfo& operation : service->operations) all.push_back(&operation);
    }
    return all;
  }();
  return *kOperations[position % kOperations.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using claviger::ErrorCode;
  using claviger::wire::Format;
  if (size == 0) return 0;
  const claviger::OperationInfo& operation = Pick(data[0]);
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)claviger::wire::GetTargetOperation(body);

  claviger::ErasedValue request(*operation.request_lifetime);
  const auto decoded =
      claviger::wire::DecodeJson(body, *operation.request, operation.service->validation_style, request.get());
  std::string out;
  if (decoded.ok()) {
    claviger::ErasedValue response(*operation.response_lifetime);
    claviger::wire::EncodeResponse(Format::kAwsJson, operation, response.get(), "id", out);
    return 0;
  }
  const ErrorCode code = decoded.error().code;
  const bool known = code == ErrorCode::kValidationError || code == ErrorCode::kInvalidInputException ||
                     code == ErrorCode::kMalformedInput || code == ErrorCode::kRequestEntityTooLarge;
  if (!known) std::abort();
  claviger::wire::EncodeError(Format::kAwsJson, *operation.service, decoded.error(), "id", out);
  return 0;
}

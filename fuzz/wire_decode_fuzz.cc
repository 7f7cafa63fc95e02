// Every operation's request decodes from any form, or is refused with one of the two errors for that; either way the
// answer can be written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/operation.h"

namespace {

const claviger::OperationInfo& Pick(std::size_t position) {
  while (true) {
    for (const claviger::ServiceInfo* service : claviger::wire::Services()) {
      if (position < service->operations.size()) return service->operations[position];
      position -= service->operations.size();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using claviger::ErrorCode;
  using claviger::wire::Format;
  if (size == 0) return 0;
  const claviger::OperationInfo& operation = Pick(data[0]);
  const auto form = claviger::wire::ParseForm("", {reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!form.ok()) return 0;
  (void)claviger::wire::GetOperation(*form);

  claviger::ErasedValue request(*operation.request_lifetime);
  const auto decoded =
      claviger::wire::Decode(*form, *operation.request, operation.service->validation_style, request.get());
  std::string out;
  if (decoded.ok()) {
    claviger::ErasedValue response(*operation.response_lifetime);
    claviger::wire::EncodeResponse(Format::kXml, operation, response.get(), "id", out);
    return 0;
  }
  const ErrorCode code = decoded.error().code;
  if (code != ErrorCode::kValidationError && code != ErrorCode::kMalformedInput) std::abort();
  claviger::wire::EncodeError(Format::kXml, *operation.service, decoded.error(), "id", out);
  claviger::wire::EncodeError(Format::kJson, *operation.service, decoded.error(), "id", out);
  return 0;
}

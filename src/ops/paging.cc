#include "ops/paging.h"

#include <charconv>

#include "base/encoding.h"

namespace claviger::ops {
namespace {

// Binds a marker to the list that it was made for.
std::string SealContext(const OperationContext& context, std::string_view operation) {
  return "marker/" + context.account().ToString() + "/" + std::string(operation);
}

}  // namespace

std::string MakeMarker(const OperationContext& context, std::string_view operation, std::string_view position) {
  const crypto::Keyring& keys = context.directory.context.keys.markers;
  return Base64Encode(AsBytes(keys.Seal(SealContext(context, operation), position, context.random)));
}

Result<std::string> OpenMarker(const OperationContext& context, std::string_view operation,
                               const std::optional<std::string>& marker) {
  if (!marker) return std::string();
  const crypto::Keyring& keys = context.directory.context.keys.markers;
  const auto box = Base64Decode(*marker);
  const auto position = box ? keys.Open(SealContext(context, operation), *box) : std::nullopt;
  if (!position) return Fail(ErrorCode::kValidationError, "Invalid Marker.");
  return std::string(position->Reveal());
}

std::string MakeIndexMarker(const OperationContext& context, std::string_view operation, std::size_t index) {
  return MakeMarker(context, operation, std::to_string(index));
}

Result<std::size_t> OpenIndexMarker(const OperationContext& context, std::string_view operation,
                                    const std::optional<std::string>& marker) {
  const std::string position = TRY(OpenMarker(context, operation, marker));
  std::size_t index = 0;
  std::from_chars(position.data(), position.data() + position.size(), index);  // Sealed here, so it is a number.
  return index;
}

}  // namespace claviger::ops

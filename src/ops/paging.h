// Pages of lists: MaxItems, and markers that only this installation can have made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/error.h"
#include "ops/context.h"

namespace claviger::ops {

// AWS's default where a caller names none.
inline constexpr std::size_t kPageItems = 100;

inline std::size_t PageItems(const std::optional<std::int32_t>& max_items) {
  return max_items ? static_cast<std::size_t>(*max_items) : kPageItems;
}

// An opaque text that brings a later request of the same operation and account back to `position`.
std::string MakeMarker(const OperationContext& context, std::string_view operation, std::string_view position);

// The position in a marker; the empty one (the start) where there is none.
// Errors: ValidationError `Invalid Marker.`
Result<std::string> OpenMarker(const OperationContext& context, std::string_view operation,
                               const std::optional<std::string>& marker);

}  // namespace claviger::ops

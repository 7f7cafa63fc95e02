// Pages of lists: MaxItems, and markers that only this installation can have made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

// The same for lists that are not kept anywhere but made from the request itself: the position is a number of items.
// The start where there is no marker.
std::string MakeIndexMarker(const OperationContext& context, std::string_view operation, std::size_t index);
Result<std::size_t> OpenIndexMarker(const OperationContext& context, std::string_view operation,
                                    const std::optional<std::string>& marker);

// Shows one page of a short list that was read as a whole, in the order of `position_of`, which tells all items apart.
// Errors: as OpenMarker.
template <class Request, class Response, class Item, class PositionOf, class Show>
Result<> ShowPage(const OperationContext& context, std::string_view operation, const Request& request,
                  std::vector<Item> items, PositionOf position_of, Show show, Response& response) {
  const std::string after = TRY(OpenMarker(context, operation, request.marker));
  std::ranges::sort(items, {}, position_of);
  auto next = after.empty() ? items.begin() : std::ranges::upper_bound(items, after, {}, position_of);
  std::size_t left = PageItems(request.max_items);
  for (; next != items.end() && left > 0; ++next, --left) show(*next);
  response.is_truncated = next != items.end();
  if (next != items.end()) response.marker = MakeMarker(context, operation, position_of(*std::prev(next)));
  return {};
}

}  // namespace claviger::ops

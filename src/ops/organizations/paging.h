// Pages of Organizations' lists: NextToken and MaxResults.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ops/paging.h"

namespace claviger::ops::organizations {

inline constexpr std::size_t kPageResults = 20;  // The most that a caller may ask for, and AWS's default.

// Shows one page of a list that was read as a whole, in the order of `position_of`, which tells all items apart.
// `show` returns a Result. Errors: InvalidInputException for a token that is none of ours; those of `show`.
template <class Request, class Response, class Item, class PositionOf, class ShowItem>
Result<> ShowTokenPage(const OperationContext& context, std::string_view operation, const Request& request,
                       std::vector<Item> items, PositionOf position_of, ShowItem show, Response& response) {
  const auto opened = OpenMarker(context, operation, request.next_token);
  if (!opened.ok()) {
    return Fail(ErrorCode::kInvalidInputException,
                "Get the NextToken parameter from the response to a previous call of the operation.",
                "INVALID_NEXT_TOKEN");
  }
  std::size_t left = kPageResults;
  if constexpr (requires { request.max_results; }) {
    if (request.max_results) left = static_cast<std::size_t>(*request.max_results);
  }
  std::ranges::sort(items, {}, position_of);
  auto next = opened->empty() ? items.begin() : std::ranges::upper_bound(items, *opened, {}, position_of);
  for (; next != items.end() && left > 0; ++next, --left) TRY(show(*next));
  if (next != items.end()) response.next_token = MakeMarker(context, operation, position_of(*std::prev(next)));
  return {};
}

}  // namespace claviger::ops::organizations

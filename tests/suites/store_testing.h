// Words for tests of the store: outcomes and contents as plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/store.h"

namespace claviger::store {

using Kind = StoreError::Kind;
using Pairs = std::vector<std::pair<std::string, std::string>>;

inline std::ostream& operator<<(std::ostream& out, Kind kind) { return out << "Kind " << static_cast<int>(kind); }

// A commit's outcome: nullopt when it succeeded.
inline std::optional<Kind> Outcome(const StoreResult<Revision>& result) {
  return result.ok() ? std::nullopt : std::optional(result.error().kind);
}

inline std::string AsString(const StoreResult<std::optional<Entry>>& found) {
  if (!found.ok()) return "error: " + found.error().message;
  return found->has_value() ? std::string((*found)->value) : "absent";
}

// Reads and scans of a Reader or a Transaction, as copies.
template <class View>
std::string Get(View& view, std::string_view key) {
  return AsString(view.Get(key));
}
template <class View>
Pairs Scan(View& view, std::string_view prefix, std::string_view after = "", std::size_t count_max = SIZE_MAX) {
  Pairs found;
  const StoreResult<> result = view.Scan(prefix, after, [&](std::string_view key, const Entry& entry) {
    found.emplace_back(key, entry.value);
    return found.size() < count_max;
  });
  EXPECT_TRUE(result.ok());
  return found;
}

}  // namespace claviger::store

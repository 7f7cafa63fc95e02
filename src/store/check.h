// Whether what a batch read still stands: the same rule for every backend that can look at its newest state.
#pragma once

#include "store/store.h"

namespace claviger::store {

inline StoreError Conflict() { return {StoreError::Kind::kConflict, "something read has changed since"}; }

// `newest` has Reader's Get and Scan, over the state to which the batch would be applied.
// Errors: kConflict, and whatever `newest` fails with.
template <class View>
StoreResult<> CheckReads(View& newest, const Batch& batch) {
  for (const auto& [key, revision] : batch.reads) {
    const std::optional<Entry> entry = TRY(newest.Get(key));
    if (entry.has_value() != revision.has_value()) return Failure{Conflict()};
    if (entry && entry->revision != *revision) return Failure{Conflict()};
  }
  for (const auto& [range, visited] : batch.ranges) {
    std::uint64_t count = 0;
    bool changed = false;
    TRY(newest.Scan(range.prefix, range.after, [&, &seen = visited](std::string_view key, const Entry& entry) {
      if (seen.last && key > *seen.last) return false;
      ++count;
      changed = entry.revision > batch.snapshot || count > seen.count;
      return !changed;
    }));
    if (changed || count != visited.count) return Failure{Conflict()};
  }
  return {};
}

// Turns the counter changes of `batch` into writes, over the state to which the batch is about to be applied.
// May be called again for another state. Errors: kConflict when a counter would pass its maximum.
template <class View>
StoreResult<> ResolveCounters(View& newest, Batch& batch) {
  for (const auto& [key, change] : batch.counters) {
    const std::optional<Entry> entry = TRY(newest.Get(key));
    const std::uint64_t stored = entry ? TRY(DecodeCounter(entry->value)) : 0;
    const std::uint64_t value = AddedTo(stored, change.delta);
    if (change.delta > 0 && value > change.max) return Failure{Conflict()};
    batch.writes[key] = EncodeCounter(value);
  }
  return {};
}

}  // namespace claviger::store

#include "store/store.h"

#include <future>
#include <utility>

namespace claviger::store {
namespace {

// What a stored string costs besides its bytes, roughly: a batch of many tiny keys must not count as nothing.
constexpr std::size_t kOverheadBytes = 64;
constexpr std::size_t kCounterBytes = 8;

StoreResult<> CheckLimits(const Batch& batch) {
  const auto refuse = [](std::string message) {
    return Failure{StoreError{StoreError::Kind::kLimit, std::move(message)}};
  };
  for (const auto& [key, change] : batch.counters) {
    if (!IsStorableKey(key)) return refuse("a counter's key must have 1 to " + std::to_string(kKeyBytesMax) + " bytes");
  }
  for (const auto& [key, value] : batch.writes) {
    if (key.empty()) return refuse("a key must not be empty");
    if (key.size() > kKeyBytesMax) {
      return refuse("a key of " + std::to_string(key.size()) + " bytes is over the limit of " +
                    std::to_string(kKeyBytesMax));
    }
    if (value && value->size() > kValueBytesMax) {
      return refuse("a value of " + std::to_string(value->size()) + " bytes is over the limit of " +
                    std::to_string(kValueBytesMax));
    }
  }
  if (const std::size_t bytes = BatchBytes(batch); bytes > kBatchBytesMax) {
    return refuse("a batch of " + std::to_string(bytes) + " bytes is over the limit of " +
                  std::to_string(kBatchBytesMax));
  }
  return {};
}

}  // namespace

std::size_t BatchBytes(const Batch& batch) {
  std::size_t bytes = 0;
  for (const auto& [key, revision] : batch.reads) bytes += key.size() + kOverheadBytes;
  for (const auto& [range, visited] : batch.ranges) {
    bytes += range.prefix.size() + range.after.size() + (visited.last ? visited.last->size() : 0) + kOverheadBytes;
  }
  for (const auto& [key, value] : batch.writes) bytes += key.size() + (value ? value->size() : 0) + kOverheadBytes;
  for (const auto& [key, change] : batch.counters) bytes += key.size() + kOverheadBytes;
  return bytes;
}

std::uint64_t AddedTo(std::uint64_t stored, std::int64_t delta) {
  if (delta >= 0) return stored + static_cast<std::uint64_t>(delta);
  const std::uint64_t less = ~static_cast<std::uint64_t>(delta) + 1;
  return less >= stored ? 0 : stored - less;
}

std::string EncodeCounter(std::uint64_t value) {
  std::string bytes(kCounterBytes, '\0');
  for (std::size_t i = 0; i < kCounterBytes; ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  return bytes;
}

StoreResult<std::uint64_t> DecodeCounter(std::string_view value) {
  if (value.size() != kCounterBytes) return Failure{StoreError{StoreError::Kind::kCorrupt, "a counter is broken"}};
  std::uint64_t number = 0;
  for (std::size_t i = kCounterBytes; i-- > 0;) number = number << 8 | static_cast<std::uint8_t>(value[i]);
  return number;
}

StoreResult<std::optional<Entry>> Transaction::Get(std::string_view key) {
  if (const auto own = batch_.writes.find(key); own != batch_.writes.end()) {
    if (!own->second) return std::nullopt;
    return Entry{.value = *own->second, .revision = 0};
  }
  // Such a key cannot come into being, so that nothing can depend on it.
  if (!IsStorableKey(key)) return std::nullopt;
  const std::optional<Entry> entry = TRY(reader_.Get(key));
  if (!batch_.reads.contains(key)) {
    batch_.reads.emplace(key, entry ? std::optional<Revision>(entry->revision) : std::nullopt);
  }
  return entry;
}

StoreResult<> Transaction::Scan(std::string_view prefix, std::string_view after, const Reader::Visitor& visit) {
  std::string position(after);  // Everything up to here has been visited, of the snapshot and of our own.
  std::uint64_t count = 0;
  bool stopped = false;
  TRY(reader_.Scan(prefix, after, [&](std::string_view key, const Entry& entry) {
    if (!batch_.writes.empty() && !VisitWrites(prefix, key, position, visit)) {
      stopped = true;
      return false;
    }
    ++count;
    position.assign(key);
    const auto own = batch_.writes.find(key);
    if (own == batch_.writes.end()) {
      stopped = !visit(key, entry);
    } else if (own->second) {
      stopped = !visit(own->first, Entry{.value = *own->second, .revision = 0});
    }
    return !stopped;
  }));
  if (!stopped) stopped = !VisitWrites(prefix, std::nullopt, position, visit);
  RecordRange(prefix, after, {.last = stopped ? std::optional(std::move(position)) : std::nullopt, .count = count});
  return {};
}

bool Transaction::VisitWrites(std::string_view prefix, std::optional<std::string_view> end, std::string& position,
                              const Reader::Visitor& visit) const {
  // An iterator kept over the visit would miss what the visitor writes before it: search from the position each time.
  while (true) {
    const bool before_prefix = position < prefix;
    const auto own = before_prefix ? batch_.writes.lower_bound(prefix) : batch_.writes.upper_bound(position);
    if (own == batch_.writes.end() || !own->first.starts_with(prefix) || (end && own->first >= *end)) return true;
    position = own->first;
    if (own->second && !visit(own->first, Entry{.value = *own->second, .revision = 0})) return false;
  }
}

void Transaction::RecordRange(std::string_view prefix, std::string_view after, Batch::Visited visited) {
  const auto [known, inserted] =
      batch_.ranges.try_emplace({.prefix = std::string(prefix), .after = std::string(after)}, visited);
  if (inserted || !known->second.last) return;
  // The same snapshot was read both times, so that the longer of two scans covers the shorter.
  if (!visited.last || *visited.last > *known->second.last) known->second = std::move(visited);
}

void Transaction::Put(std::string_view key, std::string_view value) {
  std::string copy(value);  // First: `value` may lie in what it replaces.
  if (const auto own = batch_.writes.find(key); own != batch_.writes.end()) {
    own->second = std::move(copy);
  } else {
    batch_.writes.emplace(key, std::move(copy));
  }
}

void Transaction::Delete(std::string_view key) {
  if (const auto own = batch_.writes.find(key); own != batch_.writes.end()) {
    own->second.reset();
  } else {
    batch_.writes.emplace(key, std::nullopt);
  }
}

void Transaction::AddToCounter(std::string_view key, std::int64_t delta, std::uint64_t max) {
  Batch::CounterChange& change = batch_.counters[std::string(key)];
  change.delta += delta;
  change.max = max;
}

StoreResult<std::uint64_t> Transaction::PeekCounter(std::string_view key) {
  const std::optional<Entry> entry = TRY(reader_.Get(key));
  const std::uint64_t stored = entry ? TRY(DecodeCounter(entry->value)) : 0;
  const auto own = batch_.counters.find(key);
  return own == batch_.counters.end() ? stored : AddedTo(stored, own->second.delta);
}

Batch Transaction::TakeBatch() {
  Batch empty;
  empty.snapshot = batch_.snapshot;
  return std::exchange(batch_, std::move(empty));
}

void Store::Commit(Batch batch, Done done) {
  if (StoreResult<> limits = CheckLimits(batch); !limits.ok()) {
    done(Failure{std::move(limits).error()});
    return;
  }
  CommitWithinLimits(std::move(batch), std::move(done));
}

StoreResult<Revision> Store::CommitAndWait(Batch batch) {
  // Shared: the callback may still be inside set_value when the waiter has already gone on.
  const auto outcome = std::make_shared<std::promise<StoreResult<Revision>>>();
  std::future<StoreResult<Revision>> future = outcome->get_future();
  Commit(std::move(batch), [outcome](StoreResult<Revision> result) { outcome->set_value(std::move(result)); });
  return future.get();
}

}  // namespace claviger::store

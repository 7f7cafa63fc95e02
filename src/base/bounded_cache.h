// A cache by text key that never holds more than it may. Not thread-safe: one for each thread.
//
// Two generations: when the young one is full the old one is dropped and the young one grows old; a find moves what it
// found back to the young. So whatever was used within the last `capacity` insertions is still there, at the cost of
// one hash and no list to keep.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/text.h"

namespace claviger {

template <class Value>
class BoundedCache {
 public:
  // Holds at most twice `capacity` values. REQUIRES: capacity > 0.
  explicit BoundedCache(std::size_t capacity) : capacity_(capacity) {}

  // nullptr when absent. Valid until the next call that is not const.
  Value* Find(std::string_view key) {
    if (const auto young = young_.find(key); young != young_.end()) return &young->second;
    const auto old = old_.find(key);
    if (old == old_.end()) return nullptr;
    auto node = old_.extract(old);
    MakeRoom();
    return &young_.insert(std::move(node)).position->second;
  }

  Value& Insert(std::string_view key, Value value) {
    old_.erase(std::string(key));
    MakeRoom();
    return young_.insert_or_assign(std::string(key), std::move(value)).first->second;
  }

  void Erase(std::string_view key) {
    young_.erase(std::string(key));
    old_.erase(std::string(key));
  }

  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

 private:
  using Generation = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

  void MakeRoom() {
    if (young_.size() < capacity_) return;
    old_ = std::move(young_);
    young_.clear();
  }

  std::size_t capacity_;
  Generation young_;
  Generation old_;
};

}  // namespace claviger

// The condition keys of one request and their values.
// Not thread-safe while it is filled; afterwards any number of threads may read it.
// Source: "AWS global condition context keys" in the IAM User Guide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace claviger::authz {

// A key's name as it is looked up: in lower case, because names are compared ignoring case (a tag's key inside of
// `aws:PrincipalTag/Dept` too), with its hash, so that a policy's keys are hashed once, when it is compiled.
struct KeyName {
  explicit KeyName(std::string_view name);

  std::string lower;
  std::uint64_t hash;
};

class ContextKeys {
 public:
  // The values of one key, as views that live until the keys change.
  class Values {
   public:
    [[nodiscard]] std::size_t size() const { return count_; }
    std::string_view operator[](std::size_t i) const {
      const Slice& slice = keys_->values_[first_ + i];
      return std::string_view(keys_->text_).substr(slice.begin, slice.size);
    }

   private:
    friend class ContextKeys;
    Values(const ContextKeys* keys, std::uint32_t first, std::uint32_t count)
        : keys_(keys), first_(first), count_(count) {}

    const ContextKeys* keys_;
    std::uint32_t first_;
    std::uint32_t count_;
  };

  // Replaces what the key had. A key without values counts as absent.
  void Set(std::string_view name, std::string_view value) { Set(name, std::span(&value, 1)); }
  void Set(std::string_view name, std::span<const std::string_view> values);
  void Set(std::string_view name, std::initializer_list<std::string_view> values) {
    Set(name, std::span(values.begin(), values.size()));
  }

  // nullopt when absent.
  [[nodiscard]] std::optional<Values> Find(const KeyName& name) const;
  [[nodiscard]] std::optional<Values> Find(std::string_view name) const { return Find(KeyName(name)); }

  // Calls `visit(name, values)` with each key, its name in lower case; the order is unspecified.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (const Entry& entry : entries_) {
      if (entry.value_count == 0) continue;
      visit(std::string_view(text_).substr(entry.name.begin, entry.name.size),
            Values(this, entry.first_value, entry.value_count));
    }
  }

  // Forgets all keys but keeps the memory, so that a filler that is used again does not allocate.
  void Clear();
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Slice {
    std::uint32_t begin;
    std::uint32_t size;
  };
  struct Entry {
    std::uint64_t hash;
    Slice name;  // In lower case.
    std::uint32_t first_value;
    std::uint32_t value_count;
  };

  Slice Keep(std::string_view text);

  std::string text_;
  std::vector<Slice> values_;
  std::vector<Entry> entries_;  // By hash. Equal hashes stand next to each other; names tell them apart.
};

}  // namespace claviger::authz

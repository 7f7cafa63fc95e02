#include "authz/context_keys.h"

#include <algorithm>

#include "authz/hash.h"
#include "base/text.h"

namespace claviger::authz {

KeyName::KeyName(std::string_view name) : lower(AsciiLower(name)), hash(HashOf(lower)) {}

ContextKeys::Slice ContextKeys::Keep(std::string_view text) {
  const Slice slice{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())};
  text_ += text;
  return slice;
}

void ContextKeys::Set(std::string_view name, std::span<const std::string_view> values) {
  const Slice kept = Keep(name);
  for (std::size_t i = kept.begin; i < text_.size(); ++i) text_[i] = AsciiLower(text_[i]);
  const std::string_view lower = std::string_view(text_).substr(kept.begin);
  const Entry entry{.hash = HashOf(lower),
                    .name = kept,
                    .first_value = static_cast<std::uint32_t>(values_.size()),
                    .value_count = static_cast<std::uint32_t>(values.size())};

  auto at = std::ranges::lower_bound(entries_, entry.hash, {}, &Entry::hash);
  while (at != entries_.end() && at->hash == entry.hash &&
         std::string_view(text_).substr(at->name.begin, at->name.size) != lower) {
    ++at;
  }
  if (at != entries_.end() && at->hash == entry.hash) {
    *at = entry;
  } else {
    entries_.insert(at, entry);
  }
  for (const std::string_view value : values) values_.push_back(Keep(value));
}

std::optional<ContextKeys::Values> ContextKeys::Find(const KeyName& name) const {
  for (auto at = std::ranges::lower_bound(entries_, name.hash, {}, &Entry::hash);
       at != entries_.end() && at->hash == name.hash; ++at) {
    if (std::string_view(text_).substr(at->name.begin, at->name.size) != name.lower) continue;
    if (at->value_count == 0) return std::nullopt;
    return Values(this, at->first_value, at->value_count);
  }
  return std::nullopt;
}

void ContextKeys::Clear() {
  text_.clear();
  values_.clear();
  entries_.clear();
}

}  // namespace claviger::authz

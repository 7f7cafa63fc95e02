#include "authz/compiled_set.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "authz/hash.h"
#include "base/text.h"

namespace claviger::authz {

ActionKey::ActionKey(std::string_view action) {
  if (action.size() <= inline_.size()) {
    std::ranges::transform(action, inline_.begin(), [](char c) { return AsciiLower(c); });
    lower_ = std::string_view(inline_.data(), action.size());
  } else {
    spilled_ = AsciiLower(action);
    lower_ = spilled_;
  }
  beginnings_ = std::min(lower_.size(), kBeginningsMax);
  hash_ = kHashSeed;
  for (std::size_t i = 0; i < lower_.size(); ++i) {
    if (i <= kBeginningsMax) hashes_[i] = hash_;
    hash_ = HashStep(hash_, lower_[i]);
  }
  if (lower_.size() <= kBeginningsMax) hashes_[lower_.size()] = hash_;
}

CompiledSet::CompiledSet(std::vector<std::shared_ptr<const CompiledPolicy>> policies) : policies_(std::move(policies)) {
  for (const auto& policy : policies_) {
    for (std::uint32_t i = 0; i < policy->statements().size(); ++i) statements_.push_back({policy.get(), i});
  }
  denies_.Build(statements_, policy::Effect::kDeny);
  allows_.Build(statements_, policy::Effect::kAllow);
}

void CompiledSet::Index::Build(const std::vector<StatementRef>& statements, policy::Effect effect) {
  struct Keyed {
    std::uint64_t key;
    Entry entry;
  };
  std::vector<Keyed> keyed;
  for (std::uint32_t s = 0; s < statements.size(); ++s) {
    const CompiledStatement& statement = statements[s].statement();
    if (statement.source().effect != effect) continue;
    empty_ = false;
    if (statement.negates_actions()) {
      negated_.push_back(s);
      continue;
    }
    for (std::uint32_t p = 0; p < statement.actions().size(); ++p) {
      const ActionPattern& pattern = statement.actions()[p];
      if (pattern.exact) {
        has_exact_ = true;
        keyed.push_back({ExactKey(HashOf(pattern.lower)), {s, p}});
        continue;
      }
      const std::size_t length = std::min<std::size_t>(pattern.literal_bytes, ActionKey::kBeginningsMax);
      lengths_[length / 64] |= std::uint64_t{1} << (length % 64);
      keyed.push_back({HashOf(std::string_view(pattern.lower).substr(0, length)), {s, p}});
    }
  }
  std::ranges::stable_sort(keyed, {}, &Keyed::key);
  slots_.resize(std::bit_ceil(2 * keyed.size() + 1));
  entries_.reserve(keyed.size());
  for (std::size_t i = 0; i < keyed.size();) {
    Slot slot{.key = keyed[i].key, .begin = static_cast<std::uint32_t>(i), .count = 0};
    for (; i < keyed.size() && keyed[i].key == slot.key; ++i, ++slot.count) entries_.push_back(keyed[i].entry);
    std::size_t at = SlotOf(slot.key);
    while (slots_[at].count != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

}  // namespace claviger::authz

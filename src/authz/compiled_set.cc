#include "authz/compiled_set.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "authz/hash.h"
#include "base/text.h"

namespace claviger::authz {

ActionKey::ActionKey(std::string_view action) {
  beginnings_ = std::min(action.size(), kBeginningsMax);
  std::uint64_t hash = kHashSeed;
  for (std::size_t i = 0; i < beginnings_; ++i) {
    const char c = AsciiLower(action[i]);
    inline_[i] = c;
    hashes_[i] = hash;
    hash = HashStep(hash, c);
  }
  hashes_[beginnings_] = hash;
  lower_ = std::string_view(inline_.data(), beginnings_);
  service_bytes_ = lower_.find(':') + 1;
  if (action.size() > kBeginningsMax) {
    spilled_ = AsciiLower(action);
    lower_ = spilled_;
    hash = HashOf(spilled_);
  }
  hash_ = hash;
}

CompiledSet::CompiledSet(std::vector<std::shared_ptr<const CompiledPolicy>> policies) : policies_(std::move(policies)) {
  for (const auto& policy : policies_) {
    for (std::uint32_t i = 0; i < policy->statements().size(); ++i) statements_.push_back({policy.get(), i});
  }
  denies_.Build(statements_, policy::Effect::kDeny);
  allows_.Build(statements_, policy::Effect::kAllow);
}

struct CompiledSet::Index::Keyed {
  std::uint64_t key;
  Entry entry;
  bool exact;
  std::uint32_t length;  // Between the colon and the first wildcard.
};

void CompiledSet::Index::AddPattern(const ActionPattern& pattern, Entry entry, std::vector<Keyed>& services,
                                    std::vector<Keyed>& buckets) {
  const std::string_view literal = std::string_view(pattern.lower).substr(0, pattern.literal_bytes);
  const std::size_t service_bytes = literal.find(':') + 1;
  // Lengths are bits of one word; longer texts are looked up by as much of them as fits.
  const std::size_t length = std::min<std::size_t>(literal.size() - service_bytes, 63);
  if (service_bytes == 0 || service_bytes + length > ActionKey::kBeginningsMax) {
    unserviced_.push_back(entry);
    return;
  }
  const std::uint64_t key =
      pattern.exact ? ExactKey(HashOf(literal)) : HashOf(literal.substr(0, service_bytes + length));
  services.push_back(
      {HashOf(literal.substr(0, service_bytes)), entry, pattern.exact, static_cast<std::uint32_t>(length)});
  buckets.push_back({key, entry, pattern.exact, 0});
}

void CompiledSet::Index::Build(const std::vector<StatementRef>& statements, policy::Effect effect) {
  std::vector<Keyed> services;
  std::vector<Keyed> buckets;
  for (std::uint32_t s = 0; s < statements.size(); ++s) {
    const CompiledStatement& statement = statements[s].statement();
    if (statement.source().effect != effect) continue;
    if (statement.negates_actions()) {
      negated_.push_back(s);
      continue;
    }
    for (std::uint32_t p = 0; p < statement.actions().size(); ++p)
      AddPattern(statement.actions()[p], {s, p}, services, buckets);
  }
  BuildServices(services);
  BuildBuckets(buckets);
}

void CompiledSet::Index::BuildServices(std::vector<Keyed>& keyed) {
  if (keyed.empty()) return;
  std::ranges::stable_sort(keyed, {}, &Keyed::key);
  services_.resize(std::bit_ceil(2 * keyed.size()));
  for (std::size_t i = 0; i < keyed.size();) {
    Service service{.key = keyed[i].key, .lengths = 0, .exact = false, .used = true};
    for (; i < keyed.size() && keyed[i].key == service.key; ++i) {
      if (keyed[i].exact) {
        service.exact = true;
      } else {
        service.lengths |= std::uint64_t{1} << keyed[i].length;
      }
    }
    std::size_t at = Spread(service.key, services_.size());
    while (services_[at].used) at = (at + 1) & (services_.size() - 1);
    services_[at] = service;
  }
}

void CompiledSet::Index::BuildBuckets(std::vector<Keyed>& keyed) {
  if (keyed.empty()) return;
  std::ranges::stable_sort(keyed, {}, &Keyed::key);
  buckets_.resize(std::bit_ceil(2 * keyed.size()));
  entries_.reserve(keyed.size());
  for (std::size_t i = 0; i < keyed.size();) {
    Bucket bucket{.key = keyed[i].key, .begin = static_cast<std::uint32_t>(i), .count = 0};
    for (; i < keyed.size() && keyed[i].key == bucket.key; ++i, ++bucket.count) entries_.push_back(keyed[i].entry);
    std::size_t at = Spread(bucket.key, buckets_.size());
    while (buckets_[at].count != 0) at = (at + 1) & (buckets_.size() - 1);
    buckets_[at] = bucket;
  }
}

}  // namespace claviger::authz

#include "sigv4/signing_key_cache.h"

#include <functional>

namespace claviger::sigv4 {

SigningKeyCache::Entry::Entry(const Id& of, const SigningKey& signing_key) : key(signing_key) {
  text.reserve(of.access_key_id.size() + of.date.size() + of.region.size() + of.service.size());
  text.append(of.access_key_id).append(of.date).append(of.region).append(of.service);
  std::string_view rest = text;
  const auto take = [&rest](std::size_t size) {
    const std::string_view piece = rest.substr(0, size);
    rest.remove_prefix(size);
    return piece;
  };
  id.access_key_id = take(of.access_key_id.size());
  id.version = of.version;
  id.date = take(of.date.size());
  id.region = take(of.region.size());
  id.service = rest;
}

std::size_t SigningKeyCache::IdHash::operator()(const Id& id) const {
  const std::hash<std::string_view> hash;
  return hash(id.access_key_id) ^ (hash(id.region) * 31) ^ (hash(id.service) * 131) ^ (hash(id.date) * 521) ^
         static_cast<std::size_t>(id.version * 0x9e3779b97f4a7c15U);
}

SigningKeyCache::SigningKeyCache(std::size_t keys_max) : keys_max_(keys_max) { by_id_.reserve(keys_max); }

const SigningKey* SigningKeyCache::Find(const Id& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->key;
}

void SigningKeyCache::Insert(const Id& id, const SigningKey& key) {
  if (const auto found = by_id_.find(id); found != by_id_.end()) {
    found->second->key = key;
    entries_.splice(entries_.begin(), entries_, found->second);
    return;
  }
  if (entries_.size() == keys_max_) {
    by_id_.erase(entries_.back().id);
    entries_.pop_back();
  }
  entries_.emplace_front(id, key);
  by_id_.emplace(entries_.front().id, entries_.begin());
}

void SigningKeyCache::Clear() {
  by_id_.clear();
  entries_.clear();
}

}  // namespace claviger::sigv4

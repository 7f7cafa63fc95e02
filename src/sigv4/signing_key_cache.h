// Signing keys of the recent past, so that a client's second request needs no derivation and no unsealed secret.
// Not thread-safe: one for each event loop, hence no locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sigv4/signing_key.h"

namespace claviger::sigv4 {

// Holds a bounded number of keys and forgets the one that has not been asked for the longest. A key of yesterday is
// never asked for again, so it goes the same way.
class SigningKeyCache {
 public:
  // What a signing key depends on. `version` is the caller's number for the state of the access key: it must change
  // when the secret does, so that a stale key cannot be found.
  struct Id {
    std::string_view access_key_id;
    std::uint64_t version = 0;
    std::string_view date;
    std::string_view region;
    std::string_view service;

    bool operator==(const Id&) const = default;
  };

  // Some 500 bytes for each key. REQUIRES: keys_max > 0.
  explicit SigningKeyCache(std::size_t keys_max);
  SigningKeyCache(const SigningKeyCache&) = delete;
  SigningKeyCache& operator=(const SigningKeyCache&) = delete;

  // Null when unknown. Does not allocate. The key stays valid until the next Insert or Clear.
  const SigningKey* Find(const Id& id);

  // Keeps a copy, in place of an earlier one of this id. Insert only keys that a request has been verified with: else
  // whoever knows an access key id could fill the cache with made-up dates and regions.
  void Insert(const Id& id, const SigningKey& key);

  void Clear();
  [[nodiscard]] std::size_t size() const { return by_id_.size(); }

 private:
  struct Entry {
    Entry(const Id& of, const SigningKey& signing_key);

    std::string text;  // What the views of `id` point to.
    Id id;
    SigningKey key;
  };
  struct IdHash {
    std::size_t operator()(const Id& id) const;
  };

  std::size_t keys_max_;
  std::list<Entry> entries_;  // The most recently used first. INVARIANT: entries never move in memory.
  std::unordered_map<Id, std::list<Entry>::iterator, IdHash> by_id_;  // Keys are views into the entries.
};

}  // namespace claviger::sigv4

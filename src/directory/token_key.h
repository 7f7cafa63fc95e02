// The keys that an account signs web identity tokens with, at rest. One attempt's view; not thread-safe.
//
// Keys take turns: one is made when the newest has grown old, is published for a day before it signs, and is forgotten
// once no token of its predecessor's can be valid any more.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/signature.h"
#include "directory/context.h"

namespace claviger::directory {

struct TokenKey {
  crypto::SignatureAlgorithm algorithm = crypto::SignatureAlgorithm::kRs256;
  std::uint32_t number = 0;
  std::string id;  // `kid`.
  TimePoint created;
  crypto::SignatureKey::Numbers public_numbers;
  std::string sealed;
};

inline constexpr std::chrono::days kTokenKeyLife{30};     // Then the next one is made.
inline constexpr std::chrono::hours kTokenKeyNotice{24};  // How long it is published before it signs.

class TokenKeys {
 public:
  explicit TokenKeys(const Context& context) : context_(context) {}

  // Oldest first.
  Result<std::vector<TokenKey>> List(crypto::SignatureAlgorithm algorithm);
  // The key to sign with now; nullopt when a new one has to be added first.
  Result<std::optional<TokenKey>> FindSigning(crypto::SignatureAlgorithm algorithm, TimePoint now);
  // Adds a key, and forgets those whose time is over.
  Result<> Add(const crypto::SignatureKey& key, TimePoint now);
  // Fails when it is not what Add sealed.
  Result<crypto::SignatureKey> Open(const TokenKey& key) const;

 private:
  Context context_;
};

}  // namespace claviger::directory

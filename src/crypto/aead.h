// Authenticated encryption: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front of each box.
// A sealed box is nonce (12 bytes) || ciphertext || tag (16 bytes). Safe to call from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "crypto/secret.h"

namespace claviger::crypto {

inline constexpr std::size_t kAeadKeyBytes = 32;
inline constexpr std::size_t kAeadOverheadBytes = 12 + 16;

Secret NewAeadKey(Random& random);

// `context` is authenticated but not stored: the same text must be given to open the box.
// REQUIRES: key.size() == kAeadKeyBytes.
std::string Seal(const Secret& key, std::string_view context, std::string_view plaintext, Random& random);

// nullopt when the box was not sealed under this key and context, or was altered.
std::optional<Secret> Open(const Secret& key, std::string_view context, std::string_view box);

}  // namespace claviger::crypto

// Sealing keys of one purpose: the newest seals, every one of them opens, so that keys can be rotated.
// A box is key id (4 bytes, big-endian) || sealed box of crypto/aead.h. Const members are safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "crypto/secret.h"

namespace claviger::crypto {

class Keyring {
 public:
  // The key with the highest id seals. REQUIRES: key.size() == kAeadKeyBytes.
  void Add(std::uint32_t id, Secret key) { keys_.insert_or_assign(id, std::move(key)); }
  [[nodiscard]] bool empty() const { return keys_.empty(); }

  // REQUIRES: !empty(). `context` must be given again to open the box.
  [[nodiscard]] std::string Seal(std::string_view context, std::string_view plaintext, Random& random) const;
  // nullopt when no key of this ring sealed the box under this context, or it was altered.
  [[nodiscard]] std::optional<Secret> Open(std::string_view context, std::string_view box) const;

 private:
  std::map<std::uint32_t, Secret> keys_;
};

}  // namespace claviger::crypto

#include "crypto/keyring.h"

#include <cstddef>

#include "crypto/aead.h"

namespace claviger::crypto {
namespace {

constexpr std::size_t kIdBytes = 4;

}  // namespace

std::string Keyring::Seal(std::string_view context, std::string_view plaintext, Random& random) const {
  const auto& [id, key] = *keys_.rbegin();
  std::string box;
  for (std::size_t i = 0; i < kIdBytes; ++i) box.push_back(static_cast<char>(id >> (8 * (kIdBytes - 1 - i))));
  return box += crypto::Seal(key, context, plaintext, random);
}

std::optional<Secret> Keyring::Open(std::string_view context, std::string_view box) const {
  if (box.size() < kIdBytes) return std::nullopt;
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < kIdBytes; ++i) id = id << 8 | static_cast<std::uint8_t>(box[i]);
  const auto key = keys_.find(id);
  if (key == keys_.end()) return std::nullopt;
  return crypto::Open(key->second, context, box.substr(kIdBytes));
}

}  // namespace claviger::crypto

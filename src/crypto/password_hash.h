// Passwords at rest: Argon2id (RFC 9106). Pure; safe to call from any thread.
//
// Deliberately slow and large, which is why no event loop calls it: see ops/slow_work.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/secret.h"

namespace claviger::crypto {

struct PasswordCost {
  std::uint32_t memory_kib;
  std::uint32_t passes;
  std::uint32_t lanes;
};

inline constexpr std::size_t kPasswordSaltBytes = 16;
inline constexpr std::size_t kPasswordHashBytes = 32;

// nullopt when the memory cannot be had. REQUIRES: salt.size() == kPasswordSaltBytes.
std::optional<Secret> HashPassword(const Secret& password, std::string_view salt, const PasswordCost& cost);

}  // namespace claviger::crypto

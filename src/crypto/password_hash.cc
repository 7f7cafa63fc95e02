#include "crypto/password_hash.h"

#include <argon2.h>

#include <cstdlib>
#include <string>

namespace claviger::crypto {

std::optional<Secret> HashPassword(const Secret& password, std::string_view salt, const PasswordCost& cost) {
  std::string hash(kPasswordHashBytes, '\0');
  const int outcome = argon2id_hash_raw(cost.passes, cost.memory_kib, cost.lanes, password.Reveal().data(),
                                        password.size(), salt.data(), salt.size(), hash.data(), hash.size());
  if (outcome == ARGON2_MEMORY_ALLOCATION_ERROR) return std::nullopt;
  if (outcome != ARGON2_OK) std::abort();  // Only parameters of our own making are refused.
  return Secret(std::move(hash));
}

}  // namespace claviger::crypto
